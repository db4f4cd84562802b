#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "operator/runtime/store.h"

namespace gyre::collector {

// How long the buckets are that agents fill, as the DriftMonitors of their service want it. Kept apart from the cache
// for the same reason as PodRoster: every report of every agent asks. Thread-safe.
class BucketCadence {
 public:
  // Follows the store of DriftMonitors, which must outlive it, from its first change on.
  explicit BucketCadence(runtime::ObjectStore& monitors);

  // The longest bucket that divides every monitor's buckets, in seconds; 0 when nobody monitors the service.
  std::int64_t seconds(const Key& service) const;

 private:
  void note(const runtime::Change& change);
  void forget(const Key& monitor);

  mutable std::mutex mutex_;
  std::map<Key, Key> targets_;                         // Services by monitor. GUARDED_BY(mutex_)
  std::map<Key, std::map<Key, std::int64_t>> wishes_;  // Seconds by service and monitor. GUARDED_BY(mutex_)
};

}  // namespace gyre::collector
