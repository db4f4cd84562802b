#include "controllers/training_job/decide.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/common/jobs.h"
#include "controllers/common/metadata.h"
#include "controllers/training_job/complete.h"
#include "controllers/training_job/names.h"
#include "controllers/training_job/pod_template.h"
#include "controllers/training_job/resources.h"
#include "controllers/training_job/retry.h"
#include "controllers/training_job/status.h"

namespace gyre::training_job {
namespace {

// When the deadline is over; nothing without one, or before the first start.
std::optional<Time> deadline(const TrainingJobSpec& spec, const TrainingJobStatus& status) {
  const auto& seconds = spec.run_policy.active_deadline_seconds;
  if (!seconds || !status.start_time) return std::nullopt;
  return *status.start_time + std::chrono::seconds(*seconds);
}

TrainingPlan overdue(const Observed& seen, TrainingPlan plan, const Attempt& attempt) {
  plan = with_cost(seen, std::move(plan), attempt);
  return failed(seen, std::move(plan), "DeadlineExceeded",
                fmt::format("not finished {} seconds after its start, which is all that "
                            "runPolicy.activeDeadlineSeconds allows",
                            *seen.training_job->spec.run_policy.active_deadline_seconds));
}

// An attempt that had begun is not taken up again: the next one has a Job of its own.
TrainingPlan suspend(const Observed& seen, TrainingPlan plan, const Attempt& attempt) {
  if (attempt.outcome != Outcome::kAbsent) {
    plan = with_cost(seen, std::move(plan), attempt);
    ++plan.status.attempt;
  }
  return suspended(seen, std::move(plan));
}

TrainingPhase waiting_phase(const TrainingJobStatus& status) {
  return status.attempt == 0 ? TrainingPhase::kPending : TrainingPhase::kRestarting;
}

bool has_foreign_job(const Observed& seen, const std::string& name) {
  return std::ranges::any_of(seen.jobs, [&](const auto& job) {
    return job->metadata.name == name && !is_ours(*seen.training_job, job->metadata);
  });
}

bool has_foreign_service(const Observed& seen) {
  return needs_service(seen.training_job->spec) && seen.service && !is_ours(*seen.training_job, seen.service->metadata);
}

// Pods of earlier attempts hold the GPUs that this one needs, and answer to the same rendezvous.
bool is_crowded(const Observed& seen) {
  return std::ranges::any_of(seen.pods, [](const auto& pod) { return is_alive(*pod); });
}

// An attempt that an earlier Gyre started may need one though its spec does not: torch trainings of one pod had it.
bool counts_on_service(const std::shared_ptr<const Job>& attempt) {
  return attempt && member(member(attempt->spec.template_, "spec"), "subdomain").is_string();
}

TrainingPlan with_service(const Observed& seen, TrainingPlan plan, const std::shared_ptr<const Job>& attempt) {
  if (needs_service(seen.training_job->spec) || counts_on_service(attempt))
    plan.applies.push_back(child(make_service(*seen.training_job)));
  return plan;
}

TrainingPlan start(const Observed& seen, TrainingPlan plan) {
  const TrainingJob& job = *seen.training_job;
  const int number = plan.status.attempt;
  plan.status.phase = waiting_phase(plan.status);
  plan.status.replica_statuses = {};
  if (has_foreign_job(seen, attempt_name(job, number)))
    return name_taken(seen, std::move(plan), "Job", attempt_name(job, number));
  if (has_foreign_service(seen)) return name_taken(seen, std::move(plan), "Service", service_name(job));
  if (is_paused(job.metadata))
    return progressing(seen, std::move(plan), "Paused", "the annotation gyre.dev/paused keeps it from starting");
  if (is_crowded(seen))
    return progressing(seen, std::move(plan), "Stopping", "waiting for the pods of the last attempt to end");
  if (const Duration left = backoff_left(seen); left > Duration::zero()) {
    plan = look_again(std::move(plan), left);
    // Why the last attempt failed stays to be read meanwhile.
    if (is_true(plan.status.conditions, kProgressing)) return plan;
    return progressing(seen, std::move(plan), "Restarting", fmt::format("attempt {} starts soon", number));
  }

  if (!plan.status.start_time) plan.status.start_time = seen.now;
  plan = with_service(seen, std::move(plan), nullptr);
  plan.applies.push_back(child(make_attempt(job, number, seen.options)));
  return progressing(seen, std::move(plan), "Starting", fmt::format("starting attempt {}", number));
}

TrainingPhase phase_of(const Attempt& attempt, const TrainingJobStatus& status) {
  switch (attempt.outcome) {
    case Outcome::kPending:
      return waiting_phase(status);
    case Outcome::kPublishing:
      return TrainingPhase::kPublishing;
    case Outcome::kStopping:
      return status.phase;
    default:
      return TrainingPhase::kRunning;
  }
}

// The Job is there and has not ended.
TrainingPlan follow(const Observed& seen, TrainingPlan plan, const Attempt& attempt) {
  const TrainingPhase before = plan.status.phase;
  plan.status.phase = phase_of(attempt, plan.status);
  const JobStatus& job = attempt.job->status;
  plan.status.replica_statuses = {job.active, job.ready, job.succeeded, job.failed};
  plan = with_service(seen, std::move(plan), attempt.job);
  plan = put_right(std::move(plan), *attempt.job, attempt_numbers(*seen.training_job));
  if (before != TrainingPhase::kRunning && plan.status.phase == TrainingPhase::kRunning)
    plan.events.push_back({EventType::kNormal, "Running", "Train",
                           fmt::format("attempt {} runs as Job {}", plan.status.attempt, attempt.job->metadata.name)});
  // Its pods may be seen later than the Job's end.
  if (attempt.outcome == Outcome::kPublishing || is_finished(*attempt.job))
    plan = look_again(std::move(plan), std::chrono::seconds(10));
  return progressing(seen, std::move(plan), attempt.reason, attempt.message);
}

TrainingPlan advance(const Observed& seen, TrainingPlan plan) {
  const TrainingJob& job = *seen.training_job;
  const Attempt attempt = judge(seen);
  if (attempt.outcome == Outcome::kSucceeded) return complete(seen, std::move(plan), attempt);
  if (attempt.outcome == Outcome::kFailed || attempt.outcome == Outcome::kDoomed)
    return after_failure(seen, std::move(plan), attempt);

  const std::optional<Time> end = deadline(job.spec, plan.status);
  if (end && seen.now >= *end) return overdue(seen, std::move(plan), attempt);
  if (end) plan = look_again(std::move(plan), Duration(*end - seen.now));
  const bool has_ended = attempt.job && is_finished(*attempt.job);
  if (job.spec.suspend && !has_ended) return suspend(seen, std::move(plan), attempt);

  if (attempt.outcome == Outcome::kDisrupted) return after_failure(seen, std::move(plan), attempt);
  if (attempt.outcome == Outcome::kAbsent) return start(seen, std::move(plan));
  return follow(seen, std::move(plan), attempt);
}

// Jobs that run although nobody waits for them any more; those that have ended keep their logs.
TrainingPlan with_stopped_jobs(const Observed& seen, TrainingPlan plan) {
  const TrainingJob& training = *seen.training_job;
  const bool waits_for_one = !is_finished(plan.status) && plan.status.phase != TrainingPhase::kSuspended;
  const std::string awaited = waits_for_one ? attempt_name(training, plan.status.attempt) : "";
  for (const auto& job : seen.jobs)
    if (is_ours(training, job->metadata) && job->metadata.name != awaited && !is_finished(*job) &&
        !job->metadata.deletion_timestamp)
      plan.deletions.push_back(deletion(*job));
  return plan;
}

TrainingPlan with_expiry(const Observed& seen, TrainingPlan plan) {
  const TrainingJob& job = *seen.training_job;
  const auto& ttl = job.spec.run_policy.ttl_seconds_after_finished;
  if (!ttl || !plan.status.completion_time) return plan;
  const Time end = *plan.status.completion_time + std::chrono::seconds(*ttl);
  if (seen.now < end) return look_again(std::move(plan), Duration(end - seen.now));
  plan.delete_self = deletion(job);
  return plan;
}

}  // namespace

TrainingPlan decide(const Observed& seen) {
  TrainingPlan plan;
  plan.status = seen.training_job->status;
  // Its children go with it.
  if (seen.training_job->metadata.deletion_timestamp) return plan;
  plan = with_facts(seen, std::move(plan));
  plan = is_finished(plan.status) ? with_expiry(seen, std::move(plan)) : advance(seen, std::move(plan));
  return with_stopped_jobs(seen, std::move(plan));
}

}  // namespace gyre::training_job
