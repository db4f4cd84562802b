#pragma once

#include <string>

#include "operator/base/result.h"

namespace gyre {

std::string to_base64(const std::string& bytes);
// kInvalid when it is none: padding is required, and nothing else but the alphabet is taken.
Result<std::string> from_base64(const std::string& text);
// The alphabet of web tokens (RFC 4648, section 5), without padding.
std::string to_base64url(const std::string& bytes);
Result<std::string> from_base64url(std::string text);

}  // namespace gyre
