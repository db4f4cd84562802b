#include "controllers/training_job/quantity.h"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace gyre::training_job {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 12> kUnits = {{{"", 1},
                                                                         {"m", 1e-3},
                                                                         {"k", 1e3},
                                                                         {"M", 1e6},
                                                                         {"G", 1e9},
                                                                         {"T", 1e12},
                                                                         {"P", 1e15},
                                                                         {"Ki", 0x1p10},
                                                                         {"Mi", 0x1p20},
                                                                         {"Gi", 0x1p30},
                                                                         {"Ti", 0x1p40},
                                                                         {"Pi", 0x1p50}}};

std::optional<std::int64_t> parse_text(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, factor] : kUnits)
    if (name == unit && number * factor < 0x1p62) return static_cast<std::int64_t>(number * factor);
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parse_quantity(const nlohmann::json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return static_cast<std::int64_t>(value.get<double>());
  if (value.is_string()) return parse_text(value.get_ref<const std::string&>());
  return std::nullopt;
}

}  // namespace gyre::training_job
