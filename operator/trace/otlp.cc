#include "operator/trace/otlp.h"

#include <nlohmann/json.hpp>

namespace gyre::trace {
namespace {

using nlohmann::json;

constexpr int kStatusError = 2;

// 64-bit integers are strings in the JSON of protocol buffers.
json to_json(const Attribute& attribute) {
  const json value = attribute.is_number ? json{{"intValue", std::to_string(attribute.number)}}
                                         : json{{"stringValue", attribute.text}};
  return {{"key", attribute.key}, {"value", value}};
}

json to_json(const Finished& span) {
  json attributes = json::array();
  for (const Attribute& each : span.attributes) attributes.push_back(to_json(each));
  json out = {{"traceId", span.trace_id},
              {"spanId", span.span_id},
              {"name", span.name},
              {"kind", static_cast<int>(span.kind)},
              {"startTimeUnixNano", std::to_string(span.start_nanoseconds)},
              {"endTimeUnixNano", std::to_string(span.end_nanoseconds)},
              {"attributes", attributes}};
  if (!span.parent_id.empty()) out["parentSpanId"] = span.parent_id;
  if (span.has_failed) out["status"] = {{"code", kStatusError}, {"message", span.failure}};
  return out;
}

}  // namespace

std::string to_otlp(const Settings& settings, std::span<const Finished> spans) {
  json resource = json::array(), all = json::array();
  for (const auto& [key, value] : settings.resource) resource.push_back(to_json(Attribute{key, value, 0, false}));
  for (const Finished& span : spans) all.push_back(to_json(span));
  const json out = {{"resourceSpans",
                     {{{"resource", {{"attributes", resource}}},
                       {"scopeSpans", {{{"scope", {{"name", "gyre"}}}, {"spans", all}}}}}}}};
  // Messages of servers may hold bytes that are not UTF-8.
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::int64_t rejected_in(const std::string& answer) {
  const json parsed = json::parse(answer, nullptr, false);
  const json::json_pointer at("/partialSuccess/rejectedSpans");
  if (!parsed.is_object() || !parsed.contains(at)) return 0;
  const json& count = parsed.at(at);
  if (count.is_number_integer()) return std::max<std::int64_t>(0, count.get<std::int64_t>());
  return count.is_string() ? std::max<std::int64_t>(0, std::atoll(count.get<std::string>().c_str())) : 0;
}

}  // namespace gyre::trace
