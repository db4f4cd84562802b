#include "controllers/training_job/status.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/training_job/names.h"
#include "controllers/training_job/pod_template.h"

namespace gyre::training_job {
namespace {

TrainingPlan with_condition(const Observed& seen, TrainingPlan plan, const Statement& statement) {
  set_condition(plan.status.conditions, statement, seen.training_job->metadata.generation, seen.now);
  return plan;
}

// Suspended stays as False once it was True, so that the resumption has its time.
TrainingPlan not_suspended(const Observed& seen, TrainingPlan plan) {
  if (!find_condition(plan.status.conditions, kSuspended)) return plan;
  return with_condition(seen, std::move(plan), {kSuspended, ConditionStatus::kFalse, "Resumed", ""});
}

TrainingPlan finished(const Observed& seen, TrainingPlan plan, std::string_view reason) {
  plan.status.completion_time = seen.now;
  plan.status.replica_statuses.active = plan.status.replica_statuses.ready = 0;
  plan.requeue_after.reset();
  plan = with_condition(seen, std::move(plan), {kProgressing, ConditionStatus::kFalse, reason, ""});
  return not_suspended(seen, std::move(plan));
}

// Of the first attempt whose Job is still there.
std::optional<Time> first_start(const Observed& seen) {
  std::optional<Time> first;
  for (const auto& job : seen.jobs) {
    const std::optional<Time>& created = job->metadata.creation_timestamp;
    if (is_ours(*seen.training_job, job->metadata) && created) first = std::min(first.value_or(*created), *created);
  }
  return first;
}

}  // namespace

bool is_finished(const TrainingJobStatus& status) {
  return status.phase == TrainingPhase::kSucceeded || status.phase == TrainingPhase::kFailed;
}

TrainingPlan with_facts(const Observed& seen, TrainingPlan plan) {
  set_observed_generation(plan.status, seen.training_job->metadata.generation);
  // The status with it may never have been written.
  if (!plan.status.start_time) plan.status.start_time = first_start(seen);
  return plan;
}

TrainingPlan progressing(const Observed& seen, TrainingPlan plan, std::string_view reason, std::string message) {
  remove_condition(plan.status.conditions, kStalled);
  plan = with_condition(seen, std::move(plan), {kComplete, ConditionStatus::kFalse, reason, ""});
  plan = with_condition(seen, std::move(plan), {kProgressing, ConditionStatus::kTrue, reason, std::move(message)});
  return not_suspended(seen, std::move(plan));
}

TrainingPlan suspended(const Observed& seen, TrainingPlan plan) {
  const std::string message = "spec.suspend is true; set it to false to start the next attempt";
  if (plan.status.phase != TrainingPhase::kSuspended)
    plan.events.push_back({EventType::kNormal, "Suspended", "Suspend", message});
  plan.status.phase = TrainingPhase::kSuspended;
  plan.status.replica_statuses = {};
  remove_condition(plan.status.conditions, kStalled);
  plan = with_condition(seen, std::move(plan), {kComplete, ConditionStatus::kFalse, "Suspended", ""});
  plan = with_condition(seen, std::move(plan), {kProgressing, ConditionStatus::kFalse, "Suspended", ""});
  return with_condition(seen, std::move(plan), {kSuspended, ConditionStatus::kTrue, "Suspended", message});
}

TrainingPlan name_taken(const Observed& seen, TrainingPlan plan, std::string_view kind, const std::string& name) {
  const std::string message =
      fmt::format("{} {} exists and is not this TrainingJob's; delete it, or use another name", kind, name);
  if (!is_true(plan.status.conditions, kStalled))
    plan.events.push_back({EventType::kWarning, "NameTaken", "Create", message});
  plan = with_condition(seen, std::move(plan), {kComplete, ConditionStatus::kFalse, "NameTaken", ""});
  plan = with_condition(seen, std::move(plan), {kProgressing, ConditionStatus::kFalse, "NameTaken", ""});
  plan = with_condition(seen, std::move(plan), {kStalled, ConditionStatus::kTrue, "NameTaken", message});
  return look_again(not_suspended(seen, std::move(plan)), std::chrono::seconds(15));
}

TrainingPlan succeeded(const Observed& seen, TrainingPlan plan) {
  plan.status.phase = TrainingPhase::kSucceeded;
  remove_condition(plan.status.conditions, kStalled);
  const std::string& version = plan.status.model_version;
  const std::string message = version.empty() ? "the training has succeeded" : "made ModelVersion " + version;
  plan = with_condition(seen, std::move(plan), {kComplete, ConditionStatus::kTrue, "Succeeded", message});
  plan.events.push_back({EventType::kNormal, "Succeeded", "Train", message});
  return finished(seen, std::move(plan), "Succeeded");
}

TrainingPlan failed(const Observed& seen, TrainingPlan plan, std::string_view reason, std::string message) {
  plan.status.phase = TrainingPhase::kFailed;
  plan = with_condition(seen, std::move(plan), {kComplete, ConditionStatus::kFalse, reason, ""});
  plan = with_condition(seen, std::move(plan), {kFailed, ConditionStatus::kTrue, reason, message});
  plan = with_condition(seen, std::move(plan), {kStalled, ConditionStatus::kTrue, reason, message});
  plan.events.push_back({EventType::kWarning, "Failed", "Train", std::move(message)});
  return finished(seen, std::move(plan), reason);
}

TrainingPlan with_cost(const Observed& seen, TrainingPlan plan, const Attempt& attempt) {
  if (!attempt.job || !attempt.job->status.start_time) return plan;
  const TrainingJobSpec& spec = seen.training_job->spec;
  const auto held = std::chrono::floor<std::chrono::seconds>(end_of(*attempt.job).value_or(seen.now) -
                                                             *attempt.job->status.start_time);
  plan.status.gpu_seconds += std::max<std::int64_t>(0, held.count()) * gpus_per_node(spec) * spec.num_nodes;
  return plan;
}

}  // namespace gyre::training_job
