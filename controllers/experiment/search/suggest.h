#pragma once

#include <optional>

#include "controllers/experiment/search/grid.h"
#include "controllers/experiment/search/history.h"
#include "controllers/experiment/search/random.h"
#include "controllers/experiment/search/tpe.h"

namespace gyre::experiment::search {

// Settings as texts; the path of an error starts below the algorithm: "algorithmSettings[1].value".
std::expected<TpeSettings, schema::FieldError> parse_tpe_settings(const Algorithm& algorithm);

// The point of the trial of that index: a function of its arguments and nothing else, in microseconds. Nothing when
// the space has no more points. The history's order does not matter.
std::optional<Point> suggest(const Space& space, const Algorithm& algorithm, int index, const History& history);

}  // namespace gyre::experiment::search
