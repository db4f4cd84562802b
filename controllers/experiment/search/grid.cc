#include "controllers/experiment/search/grid.h"

#include <cmath>

namespace gyre::experiment::search {

std::optional<double> grid_size(const Space& space) {
  double size = 1;
  for (const Dimension& dimension : space) {
    const auto count = value_count(dimension);
    if (!count) return std::nullopt;
    size *= *count;
  }
  return size;
}

std::optional<Point> suggest_grid(const Space& space, int index) {
  const auto size = grid_size(space);
  if (!size || index >= *size) return std::nullopt;
  Point point(space.size());
  double rest = index;
  for (std::size_t i = space.size(); i-- > 0;) {
    const double count = *value_count(space[i]);
    point[i] = nearest(space[i], space[i].low + std::fmod(rest, count) * space[i].step);
    rest = std::floor(rest / count);
  }
  return point;
}

}  // namespace gyre::experiment::search
