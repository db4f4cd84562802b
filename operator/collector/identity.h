#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "operator/base/result.h"

namespace gyre::collector {

// The pod that a token speaks for.
struct Identity {
  std::string namespace_;
  std::string service_account;
  std::string pod;
  std::string pod_uid;
  bool operator==(const Identity&) const = default;
};

// kUnauthorized, and why; said to whoever sent the token.
std::unexpected<Error> refuse_token(std::string why);

// Asks whether a token is of our audience.
nlohmann::json make_token_review(const std::string& token);
// What the API server made of it. kUnauthorized when the token is not good, not for us, or not bound to a pod.
Result<Identity> parse_token_review(const nlohmann::json& review);

}  // namespace gyre::collector
