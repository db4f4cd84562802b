#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "operator/base/clock.h"
#include "operator/base/result.h"

namespace gyre::trace {

// How spans are exported, by OpenTelemetry's own variables.
struct Settings {
  std::string url;  // "http://collector:4318/v1/traces"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string ca_file;  // Empty: the system's.
  // First of them service.name.
  std::vector<std::pair<std::string, std::string>> resource;
  double ratio = 1;  // Of traces that are recorded.
  // As OpenTelemetry's batches are by default.
  std::size_t most_waiting = 2048;
  std::size_t most_at_once = 512;
  Duration every = std::chrono::seconds(5);
  Duration timeout = std::chrono::seconds(10);
};

// A variable of the environment; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;
Environment process_environment();

// `endpoint` as the flag says, else OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT. Nothing when
// none is there, or OTEL_SDK_DISABLED is true: then nothing is traced. An error names the variable that cannot be
// meant.
Result<std::optional<Settings>> read_settings(const std::string& endpoint, const Environment& environment);

}  // namespace gyre::trace
