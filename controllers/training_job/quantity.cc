#include "controllers/training_job/quantity.h"

#include <nlohmann/json.hpp>
#include <string>

#include "operator/base/quantity.h"

namespace gyre::training_job {
namespace {

// The API server takes "02" for 2.
std::optional<double> parse_padded(std::string_view text) {
  while (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') text.remove_prefix(1);
  return parse_quantity(text);
}

}  // namespace

std::optional<std::int64_t> whole_quantity(const nlohmann::json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  std::optional<double> number;
  if (value.is_number()) number = value.get<double>();
  if (value.is_string()) number = parse_padded(value.get_ref<const std::string&>());
  if (!number || *number < 0 || *number >= 0x1p62) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

}  // namespace gyre::training_job
