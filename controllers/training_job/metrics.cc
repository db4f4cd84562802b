#include "controllers/training_job/metrics.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "controllers/common/metric_values.h"
#include "operator/base/json_text.h"
#include "operator/base/text.h"

namespace gyre::training_job {
namespace {

using nlohmann::json;

struct Seen {
  std::string value;
  std::size_t order = 0;
};

// The last value of each name, and which was printed after which.
class SeenMetrics {
 public:
  void note(std::string_view name, std::string value) { by_name_[std::string(name)] = {std::move(value), ++order_}; }
  const std::map<std::string, Seen>& by_name() const { return by_name_; }

 private:
  std::map<std::string, Seen> by_name_;
  std::size_t order_ = 0;
};

// A number as it was printed, or one of the three names that JSON lacks; nothing for anything else.
std::optional<std::string> value_text(std::string_view text) {
  if (finite_number(text)) return std::string(text);
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (lower == "nan" || lower == "+nan" || lower == "-nan") return "NaN";
  if (lower == "inf" || lower == "+inf" || lower == "infinity" || lower == "+infinity") return "Infinity";
  if (lower == "-inf" || lower == "-infinity") return "-Infinity";
  return std::nullopt;
}

bool is_name(std::string_view text) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '.' || c == '-' || c == '/' || c == '@' || c == '|';
  };
  return !text.empty() && text.size() <= 253 && !std::isdigit(static_cast<unsigned char>(text[0])) && text[0] != '-' &&
         std::ranges::all_of(text, fits);
}

bool read_json_line(std::string_view line, SeenMetrics& seen) {
  if (!line.starts_with('{')) return false;
  const json parsed = json::parse(quote_non_numbers(line), nullptr, false);
  if (!parsed.is_object()) return false;
  for (const auto& [name, value] : parsed.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.is_number() ? value.dump() : "";
    if (const auto number = value_text(text)) seen.note(name, *number);
  }
  return true;
}

void read_tokens(std::string_view line, SeenMetrics& seen) {
  std::string spaced(line);
  std::ranges::replace_if(spaced, [](unsigned char c) { return std::isspace(c) || c == ',' || c == ';'; }, ' ');
  for (const std::string& token : split(spaced, ' ')) {
    const std::size_t equals = token.find('=');
    if (equals == std::string::npos || !is_name(std::string_view(token).substr(0, equals))) continue;
    if (const auto value = value_text(std::string_view(token).substr(equals + 1)))
      seen.note(std::string_view(token).substr(0, equals), *value);
  }
}

std::vector<MetricValue> newest(const std::map<std::string, Seen>& seen) {
  std::vector<std::size_t> orders;
  for (const auto& [name, metric] : seen) orders.push_back(metric.order);
  std::ranges::sort(orders, std::greater<>());
  const std::size_t oldest = orders.size() > kMaxMetrics ? orders[kMaxMetrics - 1] : 0;
  std::vector<MetricValue> out;
  for (const auto& [name, metric] : seen)
    if (metric.order >= oldest) out.push_back({name, metric.value});
  return out;
}

}  // namespace

std::vector<MetricValue> parse_metrics(std::string_view log) {
  SeenMetrics seen;
  std::string lines(log);
  std::ranges::replace(lines, '\r', '\n');  // Progress bars overwrite their line.
  for (const std::string& line : split(lines, '\n'))
    if (!read_json_line(trim(line), seen)) read_tokens(line, seen);
  return newest(seen.by_name());
}

std::vector<MetricValue> merge_metrics(const std::vector<MetricValue>& preferred,
                                       const std::vector<MetricValue>& others) {
  std::vector<MetricValue> out = preferred;
  if (out.size() > kMaxMetrics) out.resize(kMaxMetrics);
  for (const MetricValue& metric : others)
    if (out.size() < kMaxMetrics && std::ranges::find(out, metric.name, &MetricValue::name) == out.end())
      out.push_back(metric);
  std::ranges::sort(out, {}, &MetricValue::name);
  return out;
}

}  // namespace gyre::training_job
