#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

// Structured logs: a constant message, and what varies as keys. Thread-safe.
namespace gyre::log {

enum class Format { kText, kJson };
enum class Level { kDebug, kInfo, kWarn, kError };

struct Field {
  std::string_view key;
  std::string value;
};
using Fields = std::initializer_list<Field>;

// Call once, before threads start. Everything goes to standard error.
void set_up(Format format, Level level);

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warn(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

}  // namespace gyre::log
