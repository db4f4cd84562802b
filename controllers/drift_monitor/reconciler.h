#pragma once

#include "controllers/drift_monitor/observed.h"
#include "operator/runtime/manager.h"

namespace gyre::drift_monitor {

// Reads everything that `decide` needs from the caches. kNotFound when the monitor is gone.
Result<Observed> observe(const runtime::Cache& cache, const Key& key, const Options& options, Time now);

class DriftMonitorReconciler final : public runtime::Reconciler {
 public:
  DriftMonitorReconciler(const runtime::Cache& cache, runtime::Applier& applier, const Clock& clock, Options options)
      : cache_(cache), applier_(applier), clock_(clock), options_(std::move(options)) {}

  Result<runtime::Next> reconcile(const Key& key) override;

 private:
  const runtime::Cache& cache_;
  runtime::Applier& applier_;
  const Clock& clock_;
  const Options options_;
};

// Adds the controller and its watches. Windows arrive as ConfigMaps; the collector need not wake anyone.
void add_to(runtime::Manager& manager, Options options, int workers);

}  // namespace gyre::drift_monitor
