#include "operator/base/json_text.h"

#include <array>

namespace gyre {

bool is_nested_deeper(std::string_view json, int depth) {
  int at = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (quoted && json[i] == '\\')
      ++i;
    else if (json[i] == '"')
      quoted = !quoted;
    else if (!quoted && (json[i] == '{' || json[i] == '[') && ++at > depth)
      return true;
    else if (!quoted && (json[i] == '}' || json[i] == ']'))
      --at;
  }
  return false;
}

std::string quote_non_numbers(std::string_view json) {
  constexpr std::array<std::string_view, 3> kNames = {"NaN", "-Infinity", "Infinity"};
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (quoted && json[i] == '\\' && i + 1 < json.size()) {
      out += json.substr(i++, 2);
      continue;
    }
    if (json[i] == '"') quoted = !quoted;
    std::string_view found;
    for (const std::string_view name : kNames)
      if (!quoted && json.substr(i).starts_with(name)) found = found.empty() ? name : found;
    if (found.empty()) {
      out += json[i];
    } else {
      out += '"' + std::string(found) + '"';
      i += found.size() - 1;
    }
  }
  return out;
}

}  // namespace gyre
