#include "controllers/training_job/attempt.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/metadata.h"
#include "controllers/training_job/failure.h"
#include "controllers/training_job/names.h"

namespace gyre::training_job {
namespace {

using PodPtr = std::shared_ptr<const Pod>;

// The pods' watch may be behind the Job's; after this long a missing pod is a lost pod.
constexpr Duration kPodGrace = std::chrono::seconds(30);

const TerminatedState* ended(const Pod& pod, std::string_view container) {
  const ContainerStatus* status = find_container(pod, container);
  return status && status->state.terminated ? &*status->state.terminated : nullptr;
}

std::vector<PodPtr> pods_of(const Observed& seen, const Job& job) {
  std::vector<PodPtr> out;
  for (const PodPtr& pod : seen.pods)
    if (is_controlled_by(pod->metadata, job.metadata.uid)) out.push_back(pod);
  return out;
}

template <class Message>
std::optional<Message> read_message(const TerminatedState& state) {
  const nlohmann::json parsed = nlohmann::json::parse(state.message, nullptr, false);
  if (parsed.is_discarded()) return std::nullopt;
  Result<Message> message = schema::from_json<Message>(parsed);
  if (!message) return std::nullopt;
  return *message;
}

Attempt with(Attempt attempt, Outcome outcome, std::string reason, std::string message) {
  attempt.outcome = outcome;
  attempt.reason = std::move(reason);
  attempt.message = std::move(message);
  return attempt;
}

// A dataset that could not be fetched, as the container that tried says it.
std::optional<Attempt> fetch_failure(const Observed& seen, const Attempt& attempt) {
  for (const PodPtr& pod : pods_of(seen, *attempt.job)) {
    for (const Dataset& dataset : seen.training_job->spec.datasets) {
      const TerminatedState* state = ended(*pod, fetch_name(dataset));
      if (!state) continue;
      const auto message = read_message<wire::FetchMessage>(*state);
      if (message && message->mismatch)
        return with(
            attempt, Outcome::kDoomed, "DatasetMismatch",
            fmt::format("dataset {}: {}; correct its digest in a new TrainingJob", dataset.name, message->error));
      if (message && !message->error.empty())
        return with(attempt, Outcome::kFailed, "DatasetFetchFailed",
                    fmt::format("dataset {}: {}", dataset.name, message->error));
    }
  }
  return std::nullopt;
}

Attempt judge_failed(const Observed& seen, Attempt attempt, const ChildCondition& failed) {
  const std::vector<PodPtr> pods = pods_of(seen, *attempt.job);
  if (std::ranges::any_of(pods, [](const PodPtr& pod) { return is_alive(*pod); }))
    return with(std::move(attempt), Outcome::kStopping, "Stopping",
                "waiting for the failed attempt's other pods to end");
  if (auto found = fetch_failure(seen, attempt)) return *found;
  const Failure failure = explain(failed, pods);
  return with(std::move(attempt), failure.is_disruption ? Outcome::kDisrupted : Outcome::kFailed, failure.reason,
              failure.message);
}

void note_inputs(const Observed& seen, const Pod& pod, Attempt& attempt) {
  for (const Dataset& dataset : seen.training_job->spec.datasets) {
    const TerminatedState* state = ended(pod, fetch_name(dataset));
    const auto message = state ? read_message<wire::FetchMessage>(*state) : std::nullopt;
    if (message) attempt.datasets.push_back({dataset.name, message->digest});
  }
  if (const ContainerStatus* status = find_container(pod, kTrainer))
    attempt.image = status->image_id.empty() ? status->image : status->image_id;
}

// The Job is complete: what the sidecar says decides.
Attempt judge_published(Attempt attempt, const Pod& pod) {
  const TerminatedState* state = ended(pod, kPublish);
  if (!state) return with(std::move(attempt), Outcome::kPublishing, "Publishing", "the output is being published");
  auto message = read_message<wire::PublishMessage>(*state);
  const std::string where = fmt::format("pod {}: container {}", pod.metadata.name, kPublish);
  if (!message)
    return with(std::move(attempt), Outcome::kFailed, "PublishFailed",
                fmt::format("{} exited with code {} and did not say what it published; see kubectl logs {} -c {}",
                            where, state->exit_code, pod.metadata.name, kPublish));
  if (!message->error.empty())
    return with(std::move(attempt), Outcome::kFailed, "PublishFailed", fmt::format("{}: {}", where, message->error));
  attempt.published = std::move(message);
  return with(std::move(attempt), Outcome::kSucceeded, "Succeeded", "");
}

Attempt judge_complete(const Observed& seen, Attempt attempt) {
  if (auto found = fetch_failure(seen, attempt)) return *found;
  const PodPtr pod = first_pod(seen, *attempt.job);
  if (pod) note_inputs(seen, *pod, attempt);
  const bool publishes = seen.training_job->spec.output.has_value();
  if (pod && publishes) return judge_published(std::move(attempt), *pod);
  const Time completed = attempt.job->status.completion_time.value_or(seen.now);
  const bool may_come = seen.now < completed + kPodGrace;
  if (!publishes) {
    // The metrics are in the log of a pod that we may see only after its Job's end.
    const bool has_ended = pod && ended(*pod, kTrainer);
    if (!has_ended && may_come) return with(std::move(attempt), Outcome::kRunning, "Running", "");
    return with(std::move(attempt), Outcome::kSucceeded, "Succeeded", "");
  }
  if (may_come)
    return with(std::move(attempt), Outcome::kPublishing, "Publishing", "waiting to see the pod that published");
  const std::string name = attempt.job->metadata.name;
  return with(std::move(attempt), Outcome::kFailed, "PublishFailed",
              fmt::format("the pod with index 0 of Job {} was deleted before its publish message was read", name));
}

Attempt judge_active(const Observed& seen, Attempt attempt) {
  int running = 0, done = 0;
  for (const PodPtr& pod : pods_of(seen, *attempt.job)) {
    const TerminatedState* state = ended(*pod, kTrainer);
    if (state && state->exit_code == 0) {
      ++done;
    } else if (pod->status.phase == "Running") {
      ++running;
    }
  }
  if (running == 0 && done >= seen.training_job->spec.num_nodes)
    return with(std::move(attempt), Outcome::kPublishing, "Publishing",
                "the training has ended; its output is being published");
  if (running + done > 0) return with(std::move(attempt), Outcome::kRunning, "Running", "");
  const std::string waits = waiting_for(pods_of(seen, *attempt.job));
  return with(std::move(attempt), Outcome::kPending, "Pending", waits);
}

}  // namespace

bool is_ours(const TrainingJob& job, const ObjectMeta& meta) { return is_controlled_by(meta, job.metadata.uid); }

bool is_alive(const Pod& pod) { return pod.status.phase != "Succeeded" && pod.status.phase != "Failed"; }

bool is_finished(const Job& job) {
  return find_true(job.status.conditions, "Complete") || find_true(job.status.conditions, "Failed");
}

std::optional<Time> end_of(const Job& job) {
  if (job.status.completion_time) return job.status.completion_time;
  const ChildCondition* failed = find_true(job.status.conditions, "Failed");
  return failed ? failed->last_transition_time : std::nullopt;
}

std::shared_ptr<const Job> find_attempt(const Observed& seen, int attempt) {
  const std::string name = attempt_name(*seen.training_job, attempt);
  for (const auto& job : seen.jobs)
    if (job->metadata.name == name && is_ours(*seen.training_job, job->metadata)) return job;
  return nullptr;
}

std::shared_ptr<const Pod> first_pod(const Observed& seen, const Job& job) {
  for (const PodPtr& pod : pods_of(seen, job)) {
    const auto index = pod->metadata.annotations.find(kIndexAnnotation);
    if (index != pod->metadata.annotations.end() && index->second == "0") return pod;
  }
  return nullptr;
}

Attempt judge(const Observed& seen) {
  const TrainingJobStatus& status = seen.training_job->status;
  Attempt attempt;
  attempt.job = find_attempt(seen, status.attempt);
  const bool was_seen = status.phase == TrainingPhase::kRunning || status.phase == TrainingPhase::kPublishing;
  const std::string name = attempt_name(*seen.training_job, status.attempt);
  if (attempt.job ? attempt.job->metadata.deletion_timestamp.has_value() : was_seen)
    return with(std::move(attempt), Outcome::kDisrupted, "JobDeleted", fmt::format("somebody deleted Job {}", name));
  if (!attempt.job) return attempt;
  const std::vector<ChildCondition>& conditions = attempt.job->status.conditions;
  if (find_true(conditions, "Complete")) return judge_complete(seen, std::move(attempt));
  if (const ChildCondition* failed = find_true(conditions, "Failed"))
    return judge_failed(seen, std::move(attempt), *failed);
  if (find_true(conditions, "FailureTarget"))
    return with(std::move(attempt), Outcome::kStopping, "Stopping",
                "waiting for the failed attempt's other pods to end");
  return judge_active(seen, std::move(attempt));
}

}  // namespace gyre::training_job
