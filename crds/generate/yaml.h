#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace gyre {

// Block-style YAML with the keys in their given order.
std::string to_yaml(const nlohmann::ordered_json& value);

}  // namespace gyre
