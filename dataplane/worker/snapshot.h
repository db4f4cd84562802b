#pragma once

#include "dataplane/wire/worker.h"
#include "dataplane/worker/files.h"
#include "operator/base/clock.h"

namespace gyre::worker {

struct SnapshotRequest {
  fs::path from;  // A CSV file, or a folder of them.
  fs::path to;    // Folder that becomes the snapshot.
  std::string to_uri;
  std::string time_column;
  Time after;
  std::int64_t min_rows = 0;
};

// Pins all rows that there are, as the files they are in, when at least min_rows of them are newer than `after`; else
// writes nothing and says how many there are. A snapshot that exists is described again, not made anew: rows that were
// appended since are not in it.
Result<wire::SnapshotMessage> take_snapshot(const SnapshotRequest& request);

}  // namespace gyre::worker
