#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gyre {

std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

}  // namespace gyre
