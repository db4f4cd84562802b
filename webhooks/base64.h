#pragma once

#include <string>

#include "operator/base/result.h"

namespace gyre::webhooks {

// As Secrets and webhook configurations carry bytes: padded, without line breaks.
std::string to_base64(const std::string& bytes);
Result<std::string> from_base64(const std::string& text);

}  // namespace gyre::webhooks
