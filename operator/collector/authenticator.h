#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "operator/base/clock.h"
#include "operator/collector/identity.h"
#include "operator/runtime/api.h"

namespace gyre::collector {

// Whose token it is, by TokenReview. Thread-safe.
//
// A good answer holds for a minute, and for half an hour while the pod that the token is bound to is seen alive: the
// watch says what another review would, and agents that only say "still here" cost the API server nothing.
class Authenticator {
 public:
  using IsAlive = std::function<bool(const Identity&)>;
  Authenticator(runtime::Api& api, const Clock& clock, IsAlive is_alive)
      : api_(api), clock_(clock), is_alive_(std::move(is_alive)) {}

  // `header` is the value of Authorization: "Bearer <token>". kUnauthorized when it is not good; another code when the
  // API server cannot be asked.
  Result<Identity> identify(const std::string& header);

 private:
  struct Known {
    Identity identity;
    Time reviewed{};
  };

  std::optional<Identity> remembered(const std::string& token_hash);
  void remember(const std::string& token_hash, const Identity& identity);

  runtime::Api& api_;
  const Clock& clock_;
  const IsAlive is_alive_;
  std::mutex mutex_;
  std::map<std::string, Known> known_;  // GUARDED_BY(mutex_); by the token's hash.
};

}  // namespace gyre::collector
