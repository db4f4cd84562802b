#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "operator/serve/x509_handles.h"

namespace gyre::collector {

// The public keys with which a cluster's tokens can be verified (RFC 7517).
class KeySet {
 public:
  // Keys for RS256 and ES256; of others, and of those too short to be safe, nothing is kept. An error when it is no
  // JWK set.
  static Result<KeySet> parse(const nlohmann::json& jwks);

  bool has(const std::string& key_id) const { return keys_.contains(key_id); }
  bool empty() const { return keys_.empty(); }
  // Whether that key signed these bytes, by that algorithm. The algorithm must be the key's: otherwise a token could
  // choose a weaker one.
  bool verifies(const std::string& key_id, std::string_view algorithm, std::string_view bytes,
                std::string_view signature) const;

 private:
  struct PublicKey {
    std::string algorithm;
    x509::Key key;
  };
  static std::optional<PublicKey> parse_key(const nlohmann::json& jwk);

  std::map<std::string, PublicKey> keys_;
};

}  // namespace gyre::collector
