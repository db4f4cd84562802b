#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "operator/base/clock.h"
#include "operator/collector/identity.h"

namespace gyre::collector {

// A signed JSON web token, taken apart and not yet believed.
struct WebToken {
  std::string algorithm;
  std::string key_id;
  nlohmann::json claims;
  std::string_view signed_bytes;  // Of the token that was parsed.
  std::string signature;
};
// kUnauthorized when it is none.
Result<WebToken> parse_web_token(std::string_view token);

// Whose token it is, once its signature is known to be good: issued here, for us, not expired, and bound to a pod.
Result<Identity> identity_of(const nlohmann::json& claims, const std::string& issuer, Time now);

}  // namespace gyre::collector
