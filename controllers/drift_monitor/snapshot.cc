#include "controllers/drift_monitor/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/metadata.h"
#include "controllers/common/worker_job.h"
#include "controllers/drift_monitor/names.h"
#include "crds/schema/codec.h"

namespace gyre::drift_monitor {
namespace {

Snapshot with_message(Snapshot out, const TerminatedState& end) {
  const auto parsed = nlohmann::json::parse(end.message, nullptr, false);
  const auto message = parsed.is_object() ? schema::from_json<wire::SnapshotMessage>(parsed)
                                          : Result<wire::SnapshotMessage>(wire::SnapshotMessage{});
  out.state = SnapshotState::kFailed;
  if (!parsed.is_object() || !message) {
    out.trouble = fmt::format("exit code {} ({}) without a readable message", end.exit_code, end.reason);
    return out;
  }
  out.message = *message;
  if (!message->error.empty())
    out.trouble = message->error;
  else if (!message->enough)
    out.state = SnapshotState::kTooFew;
  else if (end.exit_code != 0 || message->digest.empty())
    out.trouble = fmt::format("exit code {} ({}) without a digest", end.exit_code, end.reason);
  else
    out.state = SnapshotState::kTaken;
  return out;
}

Snapshot finished(const Observed& seen, Snapshot out, const ChildCondition& end) {
  out.finished = end.last_transition_time.value_or(seen.now);
  if (const TerminatedState* last = last_end(seen.pods, *out.job)) return with_message(std::move(out), *last);
  if (seen.now - out.finished < kPodLag) {
    out.state = SnapshotState::kUnread;
    return out;
  }
  out.state = SnapshotState::kFailed;
  out.trouble = end.message.empty() ? "its pod is gone" : end.message;
  return out;
}

}  // namespace

Snapshot snapshot_of(const Observed& seen, const std::string& name) {
  Snapshot out;
  const auto found = std::ranges::find_if(seen.jobs, [&](const auto& job) { return job->metadata.name == name; });
  if (found == seen.jobs.end()) return out;
  out.job = *found;
  if (!is_controlled_by(out.job->metadata, seen.monitor->metadata.uid)) {
    out.state = SnapshotState::kForeign;
    return out;
  }
  for (const char* type : {"Complete", "Failed"})
    if (const ChildCondition* end = find_true(out.job->status.conditions, type))
      return finished(seen, std::move(out), *end);
  out.state = SnapshotState::kRunning;
  out.trouble = waiting_trouble(seen.pods, *out.job);
  return out;
}

}  // namespace gyre::drift_monitor
