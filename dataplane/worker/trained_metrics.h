#pragma once

#include <string_view>
#include <vector>

#include "crds/v1alpha1/common.h"
#include "operator/base/result.h"

namespace gyre::worker {

// What a training's metrics.json says: {"accuracy": 0.97} or {"accuracy": {"value": 0.97, …}}, by name. NaN and
// infinities may be written as Python's json does, bare, or as text. kInvalid names the metric.
Result<std::vector<MetricValue>> parse_trained_metrics(std::string_view text);

}  // namespace gyre::worker
