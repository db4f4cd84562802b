#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gyre::webhooks {

// `; did you mean "image"?` for the known name nearest to a mistyped one, or nothing when none is near.
std::string suggestion(std::string_view written, const std::vector<std::string>& known);

}  // namespace gyre::webhooks
