#pragma once

#include <algorithm>

#include "operator/base/clock.h"

namespace gyre::model_version {

// Doubles from attempt to attempt.
struct Backoff {
  Duration first;
  Duration longest;
  constexpr Duration after(int attempt) const {
    return std::min(longest, first * (1 << std::clamp(attempt - 1, 0, 20)));
  }
};

}  // namespace gyre::model_version
