#pragma once

#include <map>
#include <mutex>
#include <string>

#include "operator/collector/identity.h"
#include "operator/runtime/store.h"

namespace gyre::collector {

// The pods that the watch knows, as far as callers are asked about theirs. Kept apart from the cache, because every
// report of every agent asks, and decoding a pod for it would cost more than all the rest. Thread-safe.
class PodRoster {
 public:
  // Follows the store, which must outlive it, from its first change on.
  explicit PodRoster(runtime::ObjectStore& pods);

  bool is_alive(const Identity& identity) const;
  // Whether the pod serves this InferenceService. One that the watch does not have yet is believed: its namespace is
  // proven.
  bool speaks_for(const Identity& identity, const std::string& service) const;

 private:
  struct Entry {
    std::string uid;
    std::string service;  // Its label; empty when it has none.
  };

  void note(const runtime::Change& change);
  const Entry* find(const Identity& identity) const;

  mutable std::mutex mutex_;
  std::map<Key, Entry> pods_;  // GUARDED_BY(mutex_)
};

}  // namespace gyre::collector
