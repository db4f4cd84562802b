#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "operator/runtime/api.h"
#include "operator/runtime/cache.h"

namespace gyre::webhooks {

// Keeps ConfigMap gyre-ca (key ca.crt) in every namespace that has a TrainingJob, ModelVersion or InferenceService:
// our pods mount it to trust the collector. Somebody else's ConfigMap of that name is left as it is. Construct before
// the caches are filled; `run` is the leader's.
class CaPublisher {
 public:
  // The cache must hold the ConfigMaps with our managed-by label.
  CaPublisher(runtime::Cache& cache, runtime::Api& api);

  // What to publish, from any thread; until the first call nothing is.
  void publish(const std::string& bundle);
  // Follows new namespaces, new bundles and foreign changes of the ConfigMaps until `stop`. Writes only differences.
  void run(std::stop_token stop);
  // One pass over all namespaces. When to try again what failed; nothing when everything is as it should be.
  std::optional<Duration> publish_everywhere();

 private:
  void wake();
  std::set<std::string> namespaces() const;
  Result<void> ensure(const std::string& namespace_, const std::string& bundle);

  runtime::Cache& cache_;
  runtime::Api& api_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string bundle_;  // GUARDED_BY(mutex_)
  bool awake_ = true;   // GUARDED_BY(mutex_)
};

}  // namespace gyre::webhooks
