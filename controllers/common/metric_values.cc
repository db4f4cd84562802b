#include "controllers/common/metric_values.h"

#include <charconv>
#include <cmath>

namespace gyre {

std::optional<double> finite_number(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> finite_metric(const std::vector<MetricValue>& metrics, std::string_view name) {
  for (const MetricValue& metric : metrics)
    if (metric.name == name) return finite_number(metric.value);
  return std::nullopt;
}

}  // namespace gyre
