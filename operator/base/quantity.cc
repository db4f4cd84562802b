#include "operator/base/quantity.h"

#include <cmath>
#include <cstdlib>
#include <string>

namespace gyre {
namespace {

struct Suffix {
  std::string_view text;
  double factor;
};
constexpr Suffix kSuffixes[] = {{"", 1},
                                {"n", 1e-9},
                                {"u", 1e-6},
                                {"m", 1e-3},
                                {"k", 1e3},
                                {"M", 1e6},
                                {"G", 1e9},
                                {"T", 1e12},
                                {"P", 1e15},
                                {"E", 1e18},
                                {"Ki", 1024.0},
                                {"Mi", 1048576.0},
                                {"Gi", 1073741824.0},
                                {"Ti", 1099511627776.0},
                                {"Pi", 1125899906842624.0},
                                {"Ei", 1152921504606846976.0}};

}  // namespace

std::optional<double> parse_quantity(std::string_view text) {
  if (text.empty() || text.size() > 40) return std::nullopt;
  const bool starts_number = (text[0] >= '0' && text[0] <= '9') || text[0] == '.' || text[0] == '-' || text[0] == '+';
  if (!starts_number) return std::nullopt;
  // "0x10" and leading zeros are not quantities that anybody means.
  const std::size_t digits_end = text.find_first_not_of("+-.0123456789");
  const std::string number(text.substr(0, digits_end));
  std::string_view rest = digits_end == std::string_view::npos ? "" : text.substr(digits_end);
  if (number.size() > 1 && number[0] == '0' && number[1] != '.') return std::nullopt;
  char* end = nullptr;
  double value = std::strtod(number.c_str(), &end);
  if (*end != '\0' || end == number.c_str()) return std::nullopt;
  if (rest.size() > 1 && (rest[0] == 'e' || rest[0] == 'E') && rest[1] != 'i') {
    const std::string exponent(rest.substr(1));
    const long power = std::strtol(exponent.c_str(), &end, 10);
    if (*end != '\0') return std::nullopt;
    return value * std::pow(10.0, static_cast<double>(power));
  }
  for (const Suffix& suffix : kSuffixes)
    if (rest == suffix.text) return value * suffix.factor;
  return std::nullopt;
}

}  // namespace gyre
