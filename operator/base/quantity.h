#pragma once

#include <optional>
#include <string_view>

namespace gyre {

// A Kubernetes quantity as a number: "500m" → 0.5, "1Gi" → 1073741824. Nothing when it is not one.
std::optional<double> parse_quantity(std::string_view text);

}  // namespace gyre
