#include "controllers/experiment/status.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/common/conditions.h"
#include "controllers/experiment/names.h"

namespace gyre::experiment {
namespace {

ExperimentPlan with_condition(const Observed& seen, ExperimentPlan plan, const Statement& statement) {
  set_condition(plan.status.conditions, statement, seen.experiment->metadata.generation, seen.now);
  return plan;
}

// Suspended stays as False once it was True, so that the resumption has its time.
ExperimentPlan not_suspended(const Observed& seen, ExperimentPlan plan) {
  if (!find_condition(plan.status.conditions, kSuspended)) return plan;
  return with_condition(seen, std::move(plan), {kSuspended, ConditionStatus::kFalse, "Resumed", ""});
}

ExperimentPlan finished(const Observed& seen, ExperimentPlan plan, std::string_view reason) {
  plan.status.completion_time = seen.now;
  plan = with_condition(seen, std::move(plan), {kProgressing, ConditionStatus::kFalse, reason, ""});
  return not_suspended(seen, std::move(plan));
}

// The trial whose failure is the news.
const Trial* last_failed(const std::vector<Trial>& trials) {
  const Trial* last = nullptr;
  for (const Trial& each : trials)
    if (each.outcome == search::Outcome::kFailed &&
        (!last || each.job->status.completion_time >= last->job->status.completion_time))
      last = &each;
  return last;
}

// As the trial wrote it, so that no digit is lost.
std::string objective_text(const Objective& objective, const Trial& trial) {
  const auto metric = std::ranges::find(trial.job->status.metrics, objective.metric, &MetricValue::name);
  return metric == trial.job->status.metrics.end() ? "" : metric->value;
}

std::string text_of(const std::vector<ParameterAssignment>& assignments) {
  std::string out;
  for (const ParameterAssignment& each : assignments)
    out += fmt::format("{}{}={}", out.empty() ? "" : ", ", each.name, each.value);
  return out;
}

std::string best_name(const ExperimentStatus& status) {
  return status.current_optimal_trial ? status.current_optimal_trial->best_trial_name : "";
}

}  // namespace

bool is_finished(const ExperimentStatus& status) {
  return status.phase == ExperimentPhase::kSucceeded || status.phase == ExperimentPhase::kFailed;
}

ExperimentPlan with_facts(const Observed& seen, ExperimentPlan plan) {
  set_observed_generation(plan.status, seen.experiment->metadata.generation);
  return plan;
}

ExperimentPlan with_trials(const Observed& seen, ExperimentPlan plan, const std::vector<Trial>& trials) {
  using search::Outcome;
  const Objective& objective = seen.experiment->spec.objective;
  const ExperimentStatus before = plan.status;
  plan.status.trials = {static_cast<std::int32_t>(trials.size()), count(trials, Outcome::kRunning),
                        count(trials, Outcome::kSucceeded), count(trials, Outcome::kFailed)};
  plan.status.current_optimal_trial.reset();
  if (const Trial* best = best_trial(objective, trials))
    plan.status.current_optimal_trial =
        OptimalTrial{best->job->metadata.name, objective_text(objective, *best), best->assignments};

  const Trial* loser = last_failed(trials);
  if (loser && plan.status.trials.failed > before.trials.failed)
    plan.events.push_back(
        {EventType::kWarning, "TrialFailed", "Search",
         fmt::format("trial {} failed: {}", loser->job->metadata.name, failure_of(objective, *loser))});
  if (!best_name(plan.status).empty() && best_name(plan.status) != best_name(before)) {
    const OptimalTrial& best = *plan.status.current_optimal_trial;
    plan.events.push_back({EventType::kNormal, "NewOptimalTrial", "Search",
                           fmt::format("trial {} is the best so far: {} = {} with {}", best.best_trial_name,
                                       objective.metric, best.value, text_of(best.parameter_assignments))});
  }
  return plan;
}

ExperimentPlan progressing(const Observed& seen, ExperimentPlan plan, std::string_view reason, std::string message) {
  remove_condition(plan.status.conditions, kStalled);
  plan = with_condition(seen, std::move(plan), {kComplete, ConditionStatus::kFalse, reason, ""});
  plan = with_condition(seen, std::move(plan), {kProgressing, ConditionStatus::kTrue, reason, std::move(message)});
  return not_suspended(seen, std::move(plan));
}

ExperimentPlan suspended(const Observed& seen, ExperimentPlan plan) {
  const std::string message = "spec.suspend is true; set it to false to go on";
  if (plan.status.phase != ExperimentPhase::kSuspended)
    plan.events.push_back({EventType::kNormal, "Suspended", "Suspend", message});
  plan.status.phase = ExperimentPhase::kSuspended;
  remove_condition(plan.status.conditions, kStalled);
  plan = with_condition(seen, std::move(plan), {kComplete, ConditionStatus::kFalse, "Suspended", ""});
  plan = with_condition(seen, std::move(plan), {kProgressing, ConditionStatus::kFalse, "Suspended", ""});
  return with_condition(seen, std::move(plan), {kSuspended, ConditionStatus::kTrue, "Suspended", message});
}

ExperimentPlan stalled(const Observed& seen, ExperimentPlan plan, std::string_view reason, std::string message) {
  const Condition* before = find_condition(plan.status.conditions, kStalled);
  if (!before || before->status != ConditionStatus::kTrue || before->message != message)
    plan.events.push_back({EventType::kWarning, std::string(reason), "Search", message});
  plan = with_condition(seen, std::move(plan), {kComplete, ConditionStatus::kFalse, reason, ""});
  plan = with_condition(seen, std::move(plan), {kProgressing, ConditionStatus::kFalse, reason, ""});
  plan = with_condition(seen, std::move(plan), {kStalled, ConditionStatus::kTrue, reason, std::move(message)});
  return not_suspended(seen, std::move(plan));
}

ExperimentPlan name_taken(const Observed& seen, ExperimentPlan plan, std::string_view kind, const std::string& name) {
  plan = stalled(seen, std::move(plan), "NameTaken",
                 fmt::format("{} {} exists and is not this Experiment's; delete it, or use another name", kind, name));
  return look_again(std::move(plan), std::chrono::seconds(15));
}

ExperimentPlan succeeded(const Observed& seen, ExperimentPlan plan, std::string_view reason, std::string message) {
  plan.status.phase = ExperimentPhase::kSucceeded;
  remove_condition(plan.status.conditions, kStalled);
  plan.events.push_back({EventType::kNormal, "Succeeded", "Search", message});
  plan = with_condition(seen, std::move(plan), {kComplete, ConditionStatus::kTrue, reason, std::move(message)});
  return finished(seen, std::move(plan), reason);
}

ExperimentPlan failed(const Observed& seen, ExperimentPlan plan, std::string_view reason, std::string message) {
  plan.status.phase = ExperimentPhase::kFailed;
  plan.events.push_back({EventType::kWarning, "Failed", "Search", message});
  plan = with_condition(seen, std::move(plan), {kComplete, ConditionStatus::kFalse, reason, ""});
  plan = with_condition(seen, std::move(plan), {kFailed, ConditionStatus::kTrue, reason, message});
  plan = with_condition(seen, std::move(plan), {kStalled, ConditionStatus::kTrue, reason, std::move(message)});
  return finished(seen, std::move(plan), reason);
}

}  // namespace gyre::experiment
