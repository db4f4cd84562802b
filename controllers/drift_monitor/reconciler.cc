#include "controllers/drift_monitor/reconciler.h"

#include "controllers/common/fields.h"
#include "controllers/common/metadata.h"
#include "controllers/drift_monitor/decide.h"
#include "controllers/drift_monitor/names.h"

namespace gyre::drift_monitor {
namespace {

std::vector<Key> monitors_with(const runtime::Cache& cache, const Field<DriftMonitor>& field, const ObjectMeta& meta) {
  std::vector<Key> keys;
  for (const auto& monitor : cache.with(field, meta.namespace_, meta.name)) keys.push_back(key_of(*monitor));
  return keys;
}

std::vector<Key> monitor_of(const ObjectMeta& meta) {
  const std::string monitor = label_of(meta, labels::kMonitor);
  if (monitor.empty()) return {};
  return {{meta.namespace_, monitor}};
}

// A window names its monitor; a baseline concerns the monitors that have it as reference.
std::vector<Key> monitors_of(const runtime::Cache& cache, const ConfigMap& map) {
  if (label_of(map.metadata, labels::kRole) == kWindowRole) return monitor_of(map.metadata);
  return monitors_with(cache, fields::kBaseline, map.metadata);
}

}  // namespace

Result<runtime::Next> DriftMonitorReconciler::reconcile(const Key& key) {
  Result<Observed> seen = observe(cache_, key, options_, clock_.now());
  if (!seen) return runtime::done_if_not_found(std::move(seen).error());
  return runtime::apply(applier_, *seen->monitor, decide(*seen));
}

void add_to(runtime::Manager& manager, Options options, int workers) {
  const runtime::Cache& cache = manager.cache();
  manager.cache().declare<ConfigMap>().index_label(labels::kRole);
  runtime::ObjectStore& monitors = manager.cache().declare<DriftMonitor>();
  for (const Field<DriftMonitor>* field : {&fields::kTarget, &fields::kReference, &fields::kBaseline})
    monitors.index(*field);
  manager
      .add("driftmonitor",
           std::make_unique<DriftMonitorReconciler>(cache, manager.applier(), manager.clock(), std::move(options)),
           workers)
      .reconciles<DriftMonitor>()
      .owns<Job>()
      .owns<TrainingJob>()
      .watches<Pod>([](const Pod& pod) { return monitor_of(pod.metadata); })
      .watches<ConfigMap>([&cache](const ConfigMap& map) { return monitors_of(cache, map); })
      .watches<InferenceService>(
          [&cache](const InferenceService& service) { return monitors_with(cache, fields::kTarget, service.metadata); })
      .watches<ModelVersion>(
          [&cache](const ModelVersion& version) { return monitors_with(cache, fields::kReference, version.metadata); });
}

}  // namespace gyre::drift_monitor
