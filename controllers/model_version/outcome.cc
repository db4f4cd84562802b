#include "controllers/model_version/outcome.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/common/metadata.h"
#include "controllers/model_version/names.h"

namespace gyre::model_version {
namespace {

// How long a finished Job's pod may take to reach our cache; afterwards it counts as gone.
constexpr Duration kPodLag = std::chrono::seconds(30);

const TerminatedState* terminated_state(const Pod& pod) {
  const ContainerStatus* worker = find_container(pod, kWorkerContainer);
  return worker && worker->state.terminated ? &*worker->state.terminated : nullptr;
}

// The last end of the worker; one with exit code 0 before any other.
const TerminatedState* last_end(const Observed& seen, const Job& job) {
  const TerminatedState* last = nullptr;
  const auto rank = [](const TerminatedState& end) { return std::pair(end.exit_code == 0, end.finished_at); };
  for (const auto& pod : seen.pods) {
    const TerminatedState* end = is_controlled_by(pod->metadata, job.metadata.uid) ? terminated_state(*pod) : nullptr;
    if (end && (!last || rank(*end) > rank(*last))) last = end;
  }
  return last;
}

std::string pod_trouble(const Pod& pod) {
  for (const ChildCondition& condition : pod.status.conditions)
    if (condition.type == "PodScheduled" && condition.status == "False")
      return fmt::format("pod {} is not scheduled: {}", pod.metadata.name, condition.message);
  const ContainerStatus* worker = find_container(pod, kWorkerContainer);
  if (!worker || !worker->state.waiting || worker->state.waiting->reason == "ContainerCreating") return "";
  return fmt::format("pod {} waits: {} {}", pod.metadata.name, worker->state.waiting->reason,
                     worker->state.waiting->message);
}

std::string running_trouble(const Observed& seen, const Job& job) {
  for (const auto& pod : seen.pods) {
    const std::string trouble = is_controlled_by(pod->metadata, job.metadata.uid) ? pod_trouble(*pod) : "";
    if (!trouble.empty()) return trouble;
  }
  return "";
}

Outcome finished_outcome(const Observed& seen, Outcome outcome, const ChildCondition& end) {
  outcome.finished = end.last_transition_time.value_or(seen.now);
  const TerminatedState* last = last_end(seen, *outcome.job);
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
  outcome.trouble = running_trouble(seen, *job);
  return outcome;
}

Outcome outcome_of(const Observed& seen, const std::string& job_name) {
  const auto found = std::ranges::find_if(seen.jobs, [&](const auto& job) { return job->metadata.name == job_name; });
  return found == seen.jobs.end() ? Outcome{} : outcome_of(seen, *found);
}

}  // namespace gyre::model_version
