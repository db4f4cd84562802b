#pragma once

#include <string_view>
#include <vector>

#include "crds/v1alpha1/common.h"

namespace gyre::training_job {

// As many metrics as a status holds.
inline constexpr std::size_t kMaxMetrics = 64;

// What a training has printed as `name=value` or as a JSON line, sorted by name: the last value of each, and of more
// than kMaxMetrics those that were printed last. NaN and infinities are kept as NaN, Infinity and -Infinity.
std::vector<MetricValue> parse_metrics(std::string_view log);

// Both, sorted by name; where both have one, `preferred` counts.
std::vector<MetricValue> merge_metrics(const std::vector<MetricValue>& preferred,
                                       const std::vector<MetricValue>& others);

}  // namespace gyre::training_job
