#include "operator/collector/bucket_cadence.h"

#include <chrono>
#include <numeric>

#include "crds/v1alpha1/drift_monitor.h"

namespace gyre::collector {

BucketCadence::BucketCadence(runtime::ObjectStore& monitors) {
  monitors.subscribe([this](const runtime::Change& change) { note(change); });
}

void BucketCadence::note(const runtime::Change& change) {
  const auto monitor = change.after().as<DriftMonitor>();
  const std::lock_guard lock(mutex_);
  // It may be another of that name, which watches another service.
  forget(change.key());
  if (!monitor || monitor->metadata.deletion_timestamp) return;
  const Key service{monitor->metadata.namespace_, monitor->spec.target_ref.name};
  targets_[change.key()] = service;
  wishes_[service][change.key()] =
      std::chrono::duration_cast<std::chrono::seconds>(monitor->spec.window.bucket).count();
}

void BucketCadence::forget(const Key& monitor) {
  const auto target = targets_.extract(monitor);
  if (!target) return;
  const auto wishes = wishes_.find(target.mapped());
  wishes->second.erase(monitor);
  if (wishes->second.empty()) wishes_.erase(wishes);
}

std::int64_t BucketCadence::seconds(const Key& service) const {
  const std::lock_guard lock(mutex_);
  std::int64_t common = 0;
  if (const auto wishes = wishes_.find(service); wishes != wishes_.end())
    for (const auto& [monitor, seconds] : wishes->second) common = std::gcd(common, seconds);
  return common;
}

}  // namespace gyre::collector
