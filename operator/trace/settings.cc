#include "operator/trace/settings.h"

#include <fmt/format.h>

#include <cstdlib>

#include "operator/base/text.h"

namespace gyre::trace {
namespace {

std::unexpected<Error> bad(std::string_view name, std::string_view value, std::string_view why) {
  return fail(Code::kInvalid, "InvalidTracing", fmt::format("{}=\"{}\": {}", name, value, why));
}

std::string get(const Environment& environment, const char* name) {
  return std::string(trim(environment(name).value_or("")));
}

// %20 and the like.
std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const std::string digits(text.substr(i + 1, 2));
    if (digits.size() != 2 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
      return std::nullopt;
    out += static_cast<char>(std::stoi(digits, nullptr, 16));
    i += 2;
  }
  return out;
}

// "a=b,c=d", as headers and resource attributes are written.
Result<std::vector<std::pair<std::string, std::string>>> read_pairs(const Environment& environment, const char* name) {
  std::vector<std::pair<std::string, std::string>> out;
  const std::string text = get(environment, name);
  for (const std::string& part : split(text, ',')) {
    if (trim(part).empty()) continue;
    const std::size_t equals = part.find('=');
    const std::string key(trim(std::string_view(part).substr(0, equals)));
    const auto value =
        equals == std::string::npos ? std::nullopt : unescaped(trim(std::string_view(part).substr(equals + 1)));
    // Headers hold secrets: the text is not repeated.
    if (key.empty() || !value || value->find_first_of("\r\n") != std::string::npos)
      return bad(name, "…", "is not key=value,key=value with escaped values");
    out.emplace_back(key, *value);
  }
  return out;
}

Result<double> read_ratio(const Environment& environment) {
  const std::string sampler = get(environment, "OTEL_TRACES_SAMPLER"),
                    arg = get(environment, "OTEL_TRACES_SAMPLER_ARG");
  // Our traces begin here: those with a parent elsewhere are decided like any other.
  std::string_view kind = sampler;
  if (kind.starts_with("parentbased_")) kind.remove_prefix(std::string_view("parentbased_").size());
  if (kind.empty() || kind == "always_on") return 1.0;
  if (kind == "always_off") return 0.0;
  if (kind != "traceidratio")
    return bad("OTEL_TRACES_SAMPLER", sampler,
               "choose always_on, always_off or traceidratio, or parentbased_ and one of them");
  if (arg.empty()) return 1.0;
  char* end = nullptr;
  const double ratio = std::strtod(arg.c_str(), &end);
  if (*end != '\0' || !(ratio >= 0 && ratio <= 1))
    return bad("OTEL_TRACES_SAMPLER_ARG", arg, "is not a number from 0 to 1");
  return ratio;
}

bool is_url(std::string_view text) {
  return (text.starts_with("http://") || text.starts_with("https://")) && text.find("://") + 3 < text.size();
}

Result<std::string> read_url(const std::string& flag, const Environment& environment) {
  const std::string exact = get(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  const bool is_exact = flag.empty() && !exact.empty();
  std::string url = is_exact ? exact : flag.empty() ? get(environment, "OTEL_EXPORTER_OTLP_ENDPOINT") : flag;
  if (url.empty()) return url;
  if (!is_url(url)) {
    const char* name = !flag.empty() ? "--otlp-endpoint"
                       : is_exact    ? "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
                                     : "OTEL_EXPORTER_OTLP_ENDPOINT";
    return bad(name, url, "is not an http or https URL, as http://collector:4318");
  }
  if (is_exact) return url;
  while (url.ends_with('/')) url.pop_back();
  return url + "/v1/traces";
}

}  // namespace

Environment process_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<std::optional<Settings>> read_settings(const std::string& endpoint, const Environment& environment) {
  if (get(environment, "OTEL_SDK_DISABLED") == "true") return std::nullopt;
  Settings out;
  Result<std::string> url = read_url(endpoint, environment);
  if (!url) return fail(url.error());
  if (url->empty()) return std::nullopt;
  out.url = *std::move(url);
  auto headers = read_pairs(environment, "OTEL_EXPORTER_OTLP_HEADERS");
  if (!headers) return fail(headers.error());
  out.headers = *std::move(headers);
  auto resource = read_pairs(environment, "OTEL_RESOURCE_ATTRIBUTES");
  if (!resource) return fail(resource.error());
  out.resource = *std::move(resource);
  std::string service = get(environment, "OTEL_SERVICE_NAME");
  std::erase_if(out.resource, [&](const auto& each) {
    if (each.first != "service.name") return false;
    if (service.empty()) service = each.second;
    return true;
  });
  out.resource.insert(out.resource.begin(), {"service.name", service.empty() ? "gyre-operator" : service});
  const Result<double> ratio = read_ratio(environment);
  if (!ratio) return fail(ratio.error());
  out.ratio = *ratio;
  out.ca_file = get(environment, "OTEL_EXPORTER_OTLP_CERTIFICATE");
  return out;
}

}  // namespace gyre::trace
