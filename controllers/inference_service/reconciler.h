#pragma once

#include <map>
#include <mutex>

#include "controllers/inference_service/observed.h"
#include "controllers/inference_service/samples.h"
#include "dataplane/wire/fleet.h"
#include "operator/runtime/manager.h"

namespace gyre::inference_service {

// Reads everything that `decide` needs from the caches, but for agents and samples. kNotFound when the service is gone.
Result<Observed> observe(const runtime::Cache& cache, runtime::Api& api, const Key& key, const Options& options,
                         Time now);

class InferenceServiceReconciler final : public runtime::Reconciler {
 public:
  InferenceServiceReconciler(runtime::Manager& manager, wire::Fleet& fleet, Options options)
      : manager_(manager), fleet_(fleet), options_(std::move(options)) {}

  Result<runtime::Next> reconcile(const Key& key) override;

 private:
  std::vector<Sample> sample(const Key& key, const Observed& seen);
  void publish(const Key& key);
  void forget_samples(const Key& key);

  runtime::Manager& manager_;
  wire::Fleet& fleet_;
  const Options options_;
  std::mutex mutex_;
  std::map<Key, Sampler> samplers_;  // GUARDED_BY(mutex_); only of services with a rollout.
};

// Adds the controller and its watches; `fleet` must outlive the manager's run.
runtime::Controller& add_to(runtime::Manager& manager, wire::Fleet& fleet, Options options, int workers);

}  // namespace gyre::inference_service
