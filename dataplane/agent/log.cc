#include "dataplane/agent/log.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "operator/base/clock.h"

namespace gyre::agent {

void log(Level level, std::string_view message) {
  const nlohmann::json text(message);
  const std::string line = fmt::format(
      "{{\"time\":\"{}\",\"level\":\"{}\",\"msg\":{}}}\n", format_micro_time(SystemClock().now()),
      level == Level::kError ? "error" : "info", text.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace gyre::agent
