#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "crds/v1alpha1/common.h"

namespace gyre {

// The whole text as a finite number; nothing for NaN, infinities and anything else.
std::optional<double> finite_number(std::string_view text);

// The metric of that name, when it is there and a finite number.
std::optional<double> finite_metric(const std::vector<MetricValue>& metrics, std::string_view name);

}  // namespace gyre
