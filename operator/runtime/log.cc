#include "operator/runtime/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <nlohmann/json.hpp>

namespace gyre::log {
namespace {

std::atomic<Format> g_format = Format::kText;

std::string render_text(std::string_view message, Fields fields) {
  std::string line(message);
  for (const Field& field : fields) {
    const bool plain = field.value.find_first_of(" \"\n=") == std::string::npos && !field.value.empty();
    line +=
        fmt::format(" {}={}", field.key,
                    plain ? field.value
                          : nlohmann::json(field.value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  return line;
}

// Without the braces: the pattern adds time and level.
std::string render_json(std::string_view message, Fields fields) {
  nlohmann::ordered_json line = {{"msg", message}};
  for (const Field& field : fields) line[std::string(field.key)] = field.value;
  const std::string text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return text.substr(1, text.size() - 2);
}

void write(spdlog::level::level_enum level, std::string_view message, Fields fields) {
  if (!spdlog::should_log(level)) return;
  const std::string line = g_format == Format::kJson ? render_json(message, fields) : render_text(message, fields);
  spdlog::log(level, spdlog::string_view_t(line.data(), line.size()));
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarn:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

void set_up(Format format, Level level) {
  g_format = format;
  auto logger = std::make_shared<spdlog::logger>("gyre", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(to_spdlog(level));
  const char* pattern =
      format == Format::kJson ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%eZ %-7l %v";
  logger->set_pattern(pattern, spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(std::move(logger));
}

void debug(std::string_view message, Fields fields) { write(spdlog::level::debug, message, fields); }
void info(std::string_view message, Fields fields) { write(spdlog::level::info, message, fields); }
void warn(std::string_view message, Fields fields) { write(spdlog::level::warn, message, fields); }
void error(std::string_view message, Fields fields) { write(spdlog::level::err, message, fields); }

}  // namespace gyre::log
