#pragma once

#include <optional>

#include "crds/meta/kind.h"
#include "operator/base/clock.h"
#include "operator/base/result.h"

namespace gyre::runtime {

// When to look at the object again even if nothing happens.
struct Next {
  std::optional<Duration> after;
  bool operator==(const Next&) const = default;
};

// Makes the world match one object. A key is never given to two threads at once.
class Reconciler {
 public:
  virtual ~Reconciler() = default;
  // Starts from the cache. An error is acted on as fate.h says.
  virtual Result<Next> reconcile(const Key& key) = 0;
};

// An object that is gone needs nothing more; any other error stays one.
inline Result<Next> done_if_not_found(Error error) {
  if (error.code == Code::kNotFound) return Next{};
  return fail(std::move(error));
}

}  // namespace gyre::runtime
