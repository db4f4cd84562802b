#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "operator/base/clock.h"
#include "operator/collector/identity.h"
#include "operator/collector/key_set.h"
#include "operator/kube/client.h"
#include "operator/runtime/api.h"

namespace gyre::collector {

// Whose token it is, by the keys that the cluster publishes: for installations that may not create TokenReviews, which
// are cluster-wide. Thread-safe.
//
// The keys are read when a token names one that is not known, and each hour. A signature does not say whether its pod
// still exists, so the pod is looked up, as a TokenReview does; only in `namespaces`, as we may not look elsewhere.
class PublishedKeys {
 public:
  PublishedKeys(kube::Client& client, runtime::Api& api, const Clock& clock, std::vector<std::string> namespaces)
      : client_(client), api_(api), clock_(clock), namespaces_(std::move(namespaces)) {}

  // kUnauthorized when it is not good; another code when the API server cannot be asked.
  Result<Identity> identify(const std::string& token);

 private:
  struct Published {
    std::string issuer;
    KeySet keys;
  };
  using Shared = std::shared_ptr<const Published>;

  Result<Shared> published(const std::string& key_id);
  Result<Shared> read();
  Result<void> check_pod(const Identity& identity);

  kube::Client& client_;
  runtime::Api& api_;
  const Clock& clock_;
  const std::vector<std::string> namespaces_;
  std::mutex mutex_;
  Shared last_;                   // GUARDED_BY(mutex_)
  std::optional<Time> asked_;     // GUARDED_BY(mutex_)
  std::optional<Error> failure_;  // GUARDED_BY(mutex_); of the last time we asked.
};

}  // namespace gyre::collector
