#pragma once

#include <string>
#include <string_view>

namespace gyre {

// "learning-rate" with prefix "GYRE_PARAM_" is GYRE_PARAM_LEARNING_RATE.
std::string variable_name(std::string_view prefix, std::string_view name);

// Whether it can name an environment variable.
bool is_variable_name(std::string_view name);

}  // namespace gyre
