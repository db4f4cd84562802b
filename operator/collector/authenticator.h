#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "operator/base/clock.h"
#include "operator/collector/identity.h"
#include "operator/runtime/api.h"

namespace gyre::collector {

// How it is found out whose token it is. kUnauthorized when it is not good; another code when that cannot be known now.
using Identify = std::function<Result<Identity>(const std::string& token)>;
// By TokenReview; the API must outlive it.
Identify review_tokens(runtime::Api& api);

// Whose token it is. Thread-safe.
//
// A good answer holds for a minute, and for half an hour while the pod that the token is bound to is seen alive: the
// watch says what asking again would, and agents that only say "still here" cost the API server nothing.
class Authenticator {
 public:
  using IsAlive = std::function<bool(const Identity&)>;
  Authenticator(Identify identify, const Clock& clock, IsAlive is_alive)
      : identify_(std::move(identify)), clock_(clock), is_alive_(std::move(is_alive)) {}

  // `header` is the value of Authorization: "Bearer <token>". Errors are those of Identify.
  Result<Identity> identify(const std::string& header);

 private:
  struct Known {
    Identity identity;
    Time found_out{};
  };

  std::optional<Identity> remembered(const std::string& token_hash);
  void remember(const std::string& token_hash, const Identity& identity);

  const Identify identify_;
  const Clock& clock_;
  const IsAlive is_alive_;
  std::mutex mutex_;
  std::map<std::string, Known> known_;  // GUARDED_BY(mutex_); by the token's hash.
};

}  // namespace gyre::collector
