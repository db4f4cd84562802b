#pragma once

#include "controllers/drift_monitor/observed.h"
#include "dataplane/wire/fleet.h"
#include "operator/runtime/manager.h"

namespace gyre::drift_monitor {

// Reads everything that `decide` needs from the caches. kNotFound when the monitor is gone.
Result<Observed> observe(const runtime::Cache& cache, const Key& key, const Options& options, Time now);

// Length of the buckets that a service's agents count, in seconds: divides every monitor's buckets. 0 without monitors.
std::int64_t bucket_seconds(const std::vector<std::shared_ptr<const DriftMonitor>>& monitors, const Key& service);

class DriftMonitorReconciler final : public runtime::Reconciler {
 public:
  DriftMonitorReconciler(const runtime::Cache& cache, runtime::Applier& applier, const Clock& clock, wire::Fleet& fleet,
                         Options options)
      : cache_(cache), applier_(applier), clock_(clock), fleet_(fleet), options_(std::move(options)) {}

  Result<runtime::Next> reconcile(const Key& key) override;

 private:
  void ask_for_profiles(const std::string& namespace_);

  const runtime::Cache& cache_;
  runtime::Applier& applier_;
  const Clock& clock_;
  wire::Fleet& fleet_;
  const Options options_;
};

// Adds the controller and its watches. Windows arrive as ConfigMaps; the collector need not wake anyone.
runtime::Controller& add_to(runtime::Manager& manager, wire::Fleet& fleet, Options options, int workers);

}  // namespace gyre::drift_monitor
