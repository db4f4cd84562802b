#pragma once

#include <optional>

#include "controllers/experiment/search/space.h"

namespace gyre::experiment::search {

// Points of the grid; nothing when a dimension is continuous.
std::optional<double> grid_size(const Space& space);

// The grid's point of that number, the last dimension moving fastest; nothing past the last point.
std::optional<Point> suggest_grid(const Space& space, int index);

}  // namespace gyre::experiment::search
