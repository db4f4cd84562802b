#pragma once

#include <string>

#include "operator/base/result.h"

namespace gyre::agent {

Result<std::string> read_file(const std::string& path);
// Readers see the old content or the new, never a part.
Result<> replace_file(const std::string& path, const std::string& content);

}  // namespace gyre::agent
