#include "controllers/common/variables.h"

#include <algorithm>
#include <cctype>

namespace gyre {

std::string variable_name(std::string_view prefix, std::string_view name) {
  std::string out(prefix);
  for (const char c : name)
    out += c == '-' || c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

}  // namespace gyre
