#include "controllers/model_version/outcome.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/common/metadata.h"
#include "controllers/common/worker_job.h"

namespace gyre::model_version {
namespace {

Outcome finished_outcome(const Observed& seen, Outcome outcome, const ChildCondition& end) {
  outcome.finished = end.last_transition_time.value_or(seen.now);
  const TerminatedState* last = last_end(seen.pods, *outcome.job);
  if (!last && end.type == "Complete" && seen.now - outcome.finished < kPodLag) {
    outcome.state = JobState::kUnread;
    return outcome;
  }
  outcome.state = end.type == "Complete" ? JobState::kSucceeded : JobState::kFailed;
  if (last) {
    outcome.message = last->message;
    outcome.trouble = fmt::format("exit code {} ({})", last->exit_code, last->reason);
  } else {
    outcome.trouble = end.message.empty() ? "its pod is gone" : end.message;
  }
  return outcome;
}

}  // namespace

Outcome outcome_of(const Observed& seen, const std::shared_ptr<const Job>& job) {
  Outcome outcome;
  outcome.job = job;
  if (!is_controlled_by(job->metadata, seen.version->metadata.uid)) {
    outcome.state = JobState::kForeign;
    return outcome;
  }
  for (const char* type : {"Complete", "Failed"})
    if (const ChildCondition* end = find_true(job->status.conditions, type))
      return finished_outcome(seen, std::move(outcome), *end);
  outcome.state = JobState::kRunning;
  outcome.trouble = waiting_trouble(seen.pods, *job);
  return outcome;
}

Outcome outcome_of(const Observed& seen, const std::string& job_name) {
  const auto found = std::ranges::find_if(seen.jobs, [&](const auto& job) { return job->metadata.name == job_name; });
  return found == seen.jobs.end() ? Outcome{} : outcome_of(seen, *found);
}

}  // namespace gyre::model_version
