#include "controllers/experiment/search/random.h"

#include "dataplane/stats/random.h"

namespace gyre::experiment::search {

Point suggest_random(const Space& space, std::int64_t seed, int index) {
  stats::Random random(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(index));
  Point point;
  for (const Dimension& dimension : space) {
    const Interval range = scaled_range(dimension);
    point.push_back(from_scale(dimension, random.uniform(range.low, range.high)));
  }
  return point;
}

}  // namespace gyre::experiment::search
