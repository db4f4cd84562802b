#pragma once

#include <cstdint>

#include "controllers/experiment/search/space.h"

namespace gyre::experiment::search {

// Random search (Bergstra and Bengio 2012): each dimension on its own, uniform on its scale. The point depends on the
// seed and the trial's index only.
Point suggest_random(const Space& space, std::int64_t seed, int index);

}  // namespace gyre::experiment::search
