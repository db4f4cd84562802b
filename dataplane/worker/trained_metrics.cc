#include "dataplane/worker/trained_metrics.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "operator/base/json_text.h"

namespace gyre::worker {

Result<std::vector<MetricValue>> parse_trained_metrics(std::string_view text) {
  const auto document = nlohmann::json::parse(quote_non_numbers(text), nullptr, false);
  if (!document.is_object())
    return fail(Code::kInvalid, "BadMetrics", "metrics.json is no JSON object; write {\"accuracy\": 0.97}");
  std::vector<MetricValue> out;
  for (const auto& [name, entry] : document.items()) {
    const nlohmann::json& value = entry.is_object() && entry.contains("value") ? entry["value"] : entry;
    if (value.is_number()) {
      out.push_back({name, value.dump()});
    } else if (value == "NaN" || value == "Infinity" || value == "-Infinity") {
      out.push_back({name, value.get<std::string>()});
    } else {
      return fail(
          Code::kInvalid, "BadMetrics",
          fmt::format("metrics.json: {} is no number; write {{\"{}\": 0.97}} or {{\"{}\": {{\"value\": 0.97}}}}", name,
                      name, name));
    }
  }
  return out;
}

}  // namespace gyre::worker
