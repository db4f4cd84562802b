#include "operator/collector/bucket_cadence.h"

#include <chrono>
#include <numeric>

#include "crds/v1alpha1/drift_monitor.h"

namespace gyre::collector {
namespace {

Key target_of(const DriftMonitor& monitor) { return {monitor.metadata.namespace_, monitor.spec.target_ref.name}; }

}  // namespace

BucketCadence::BucketCadence(runtime::ObjectStore& monitors) {
  monitors.subscribe([this](const runtime::Change& change) { note(change); });
}

void BucketCadence::note(const runtime::Change& change) {
  // Of another monitor, perhaps, that had the name before.
  const auto before = change.before().as<DriftMonitor>();
  const auto after = change.after().as<DriftMonitor>();
  const std::lock_guard lock(mutex_);
  if (before) {
    const auto service = wishes_.find(target_of(*before));
    if (service != wishes_.end() && service->second.erase(change.key()) > 0 && service->second.empty())
      wishes_.erase(service);
  }
  if (after && !after->metadata.deletion_timestamp)
    wishes_[target_of(*after)][change.key()] =
        std::chrono::duration_cast<std::chrono::seconds>(after->spec.window.bucket).count();
}

std::int64_t BucketCadence::seconds(const Key& service) const {
  const std::lock_guard lock(mutex_);
  std::int64_t common = 0;
  if (const auto wishes = wishes_.find(service); wishes != wishes_.end())
    for (const auto& [monitor, seconds] : wishes->second) common = std::gcd(common, seconds);
  return common;
}

}  // namespace gyre::collector
