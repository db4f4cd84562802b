#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "controllers/experiment/search/space.h"

namespace gyre::experiment::search {

enum class Outcome { kRunning, kSucceeded, kFailed };

// A trial as a search sees it.
struct Observation {
  int index = 0;
  Point point;
  Outcome outcome = Outcome::kRunning;
  double loss = std::numeric_limits<double>::infinity();  // Smaller is better; finite only when it succeeded.
  bool operator==(const Observation&) const = default;
};

using History = std::vector<Observation>;

}  // namespace gyre::experiment::search
