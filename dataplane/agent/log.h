#pragma once

#include <string_view>

namespace gyre::agent {

enum class Level { kInfo, kError };

// One JSON line on stderr. Any thread.
void log(Level level, std::string_view message);

}  // namespace gyre::agent
