#include "dataplane/worker/trained_metrics.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

namespace gyre::worker {
namespace {

// Python writes NaN, Infinity and -Infinity bare, which JSON does not know: outside strings they get quotes.
std::string with_quoted_names(std::string_view text) {
  constexpr std::array<std::string_view, 3> kNames = {"NaN", "-Infinity", "Infinity"};
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (inside && text[i] == '\\' && i + 1 < text.size()) {
      out += text.substr(i++, 2);
      continue;
    }
    if (text[i] == '"') inside = !inside;
    const std::string_view rest = text.substr(i);
    std::string_view found;
    for (const std::string_view name : kNames)
      if (!inside && found.empty() && rest.starts_with(name)) found = name;
    if (found.empty()) {
      out += text[i];
    } else {
      out += fmt::format("\"{}\"", found);
      i += found.size() - 1;
    }
  }
  return out;
}

}  // namespace

Result<std::vector<MetricValue>> parse_trained_metrics(std::string_view text) {
  const auto document = nlohmann::json::parse(with_quoted_names(text), nullptr, false);
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
