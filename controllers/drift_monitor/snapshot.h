#pragma once

#include <memory>
#include <string>

#include "controllers/drift_monitor/observed.h"
#include "dataplane/wire/worker.h"

namespace gyre::drift_monitor {

enum class SnapshotState {
  kAbsent,
  kForeign,  // Somebody else's Job has the name.
  kRunning,
  kUnread,  // Complete, but its pod has not reached our cache yet.
  kTaken,   // The rows are pinned: message.uri, message.digest.
  kTooFew,  // message.rowsAfter rows postdate the onset: fewer than wanted.
  kFailed,  // `trouble` says why; trying again may help.
};

// What has become of the snapshot's Job.
struct Snapshot {
  SnapshotState state = SnapshotState::kAbsent;
  std::shared_ptr<const Job> job;
  wire::SnapshotMessage message;
  std::string trouble;
  Time finished{};
};

Snapshot snapshot_of(const Observed& seen, const std::string& name);

}  // namespace gyre::drift_monitor
