#include "controllers/drift_monitor/status.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/drift_monitor/compare.h"
#include "controllers/drift_monitor/names.h"
#include "controllers/drift_monitor/reference.h"

namespace gyre::drift_monitor {
namespace {

// What keeps windows from being compared; a person must act on a stalling one.
struct Finding {
  std::string_view reason;
  std::string message;
  bool stalls = false;
};
using Check = std::optional<Finding> (*)(const Observed&, const DriftMonitorStatus&);

std::optional<Finding> service_missing(const Observed& seen, const DriftMonitorStatus&) {
  if (seen.service) return std::nullopt;
  return Finding{"ReferenceNotFound", fmt::format("InferenceService {} is not there; create it, or correct targetRef",
                                                  seen.monitor->spec.target_ref.name)};
}

std::optional<Finding> nothing_served(const Observed& seen, const DriftMonitorStatus&) {
  if (seen.service->status.stable) return std::nullopt;
  return Finding{"NoStableVersion", fmt::format("{} serves no version yet", seen.service->metadata.name)};
}

std::optional<Finding> version_missing(const Observed& seen, const DriftMonitorStatus&) {
  if (seen.version) return std::nullopt;
  return Finding{"ReferenceNotFound",
                 fmt::format("ModelVersion {} is not there", seen.service->status.stable->model_version)};
}

std::optional<Finding> no_baseline(const Observed& seen, const DriftMonitorStatus&) {
  if (seen.version->spec.baseline_profile) return std::nullopt;
  return Finding{"NoBaseline",
                 fmt::format("{} has no baseline; let the training write baseline.csv", seen.version->metadata.name),
                 true};
}

std::optional<Finding> baseline_missing(const Observed& seen, const DriftMonitorStatus&) {
  if (seen.baseline) return std::nullopt;
  return Finding{"BaselineNotFound", fmt::format("ConfigMap {} with {} is not there, or not readable",
                                                 baseline_name(seen.version->metadata.name), kBaselineKey)};
}

std::optional<Finding> unanswerable_spec(const Observed& seen, const DriftMonitorStatus&) {
  const std::vector<std::string> found = unanswerable(seen.monitor->spec, *seen.baseline);
  if (found.empty()) return std::nullopt;
  return Finding{"NotComparable", found.front(), true};
}

std::optional<Finding> not_reconciled(const Observed& seen, const DriftMonitorStatus& status) {
  if (has_reference(seen, status)) return std::nullopt;
  return Finding{"ReferenceChanging", "the reference is being changed"};
}

constexpr Check kChecks[] = {service_missing,  nothing_served,    version_missing, no_baseline,
                             baseline_missing, unanswerable_spec, not_reconciled};

std::optional<Finding> find_obstacle(const Observed& seen, const DriftMonitorStatus& status) {
  for (const Check check : kChecks)
    if (auto found = check(seen, status)) return found;
  return std::nullopt;
}

MonitorPlan with_ready(const Observed& seen, MonitorPlan plan, const std::optional<Finding>& obstacle) {
  const Condition* stalled = find_condition(plan.status.conditions, kStalled);
  if (stalled && stalled->reason != kNameTaken && !(obstacle && obstacle->stalls))
    remove_condition(plan.status.conditions, kStalled);
  if (!obstacle)
    return with_condition(
        seen, std::move(plan),
        {kReady, ConditionStatus::kTrue, "Watching",
         fmt::format("windows are compared with the baseline of {}", plan.status.reference_model_version)});
  if (obstacle->stalls)
    plan =
        with_condition(seen, std::move(plan), {kStalled, ConditionStatus::kTrue, obstacle->reason, obstacle->message});
  return with_condition(seen, std::move(plan), {kReady, ConditionStatus::kFalse, obstacle->reason, obstacle->message});
}

MonitorPlan with_freshness(const Observed& seen, MonitorPlan plan) {
  if (!plan.status.last_window)
    return with_condition(seen, std::move(plan),
                          {kDataFresh, ConditionStatus::kUnknown, "NoWindows", "no window has closed yet"});
  const Window& window = seen.monitor->spec.window;
  const Time end = plan.status.last_window->end;
  const Time stale = end + 2 * window.duration + window.allowed_lateness;
  if (seen.now < stale) {
    plan = look_again(std::move(plan), stale - seen.now);
    return with_condition(seen, std::move(plan),
                          {kDataFresh, ConditionStatus::kTrue, "Windows", "windows close as they should"});
  }
  return with_condition(
      seen, std::move(plan),
      {kDataFresh, ConditionStatus::kFalse, "NoWindows",
       fmt::format("no window has closed since {}: there is no traffic, or agents do not reach the collector",
                   format_time(end))});
}

MonitorPlan with_rows(const Observed& seen, MonitorPlan plan) {
  const auto& last = plan.status.last_window;
  const Window& window = seen.monitor->spec.window;
  if (!last)
    return with_condition(seen, std::move(plan),
                          {kInsufficientData, ConditionStatus::kUnknown, "NoWindows", "no window has closed yet"});
  if (last->verdict != kInsufficientData)
    return with_condition(
        seen, std::move(plan),
        {kInsufficientData, ConditionStatus::kFalse, "EnoughRows", "the last window has enough rows"});
  const std::string message =
      last->rows < window.min_rows
          ? fmt::format("the last window has {} rows of the {} wanted; lengthen the window, or wait for traffic",
                        last->rows, window.min_rows)
          : "none of the last window's columns could be compared with the baseline";
  return with_condition(seen, std::move(plan), {kInsufficientData, ConditionStatus::kTrue, "TooFewRows", message});
}

std::string drift_message(const DriftMonitorStatus& status) {
  std::string names;
  int listed = 0;
  for (const FeatureDrift& feature : status.top_features)
    if (feature.drifted && listed++ < 5)
      names += fmt::format("{}{} ({} {:.3g}, threshold {:.3g})", names.empty() ? "" : ", ", feature.name,
                           schema::enum_name(feature.method), feature.value, feature.threshold);
  return fmt::format("since {}{}{}", format_time(status.episode->start), names.empty() ? "" : ": ", names);
}

MonitorPlan with_drift(const Observed& seen, MonitorPlan plan) {
  if (plan.status.episode) {
    std::string message = drift_message(plan.status);
    return with_condition(seen, std::move(plan), {kDriftDetected, ConditionStatus::kTrue, kDrift, std::move(message)});
  }
  if (!plan.status.last_window)
    return with_condition(seen, std::move(plan),
                          {kDriftDetected, ConditionStatus::kUnknown, "NoWindows", "no window has closed yet"});
  return with_condition(
      seen, std::move(plan),
      {kDriftDetected, ConditionStatus::kFalse, kNoDrift,
       fmt::format("too few of the last windows drift from {} to count", plan.status.reference_model_version)});
}

bool is_training(const Observed& seen, const DriftMonitorStatus& status) {
  if (!status.episode || status.episode->training_job.empty()) return false;
  for (const auto& training : seen.trainings)
    if (training->metadata.name == status.episode->training_job)
      return training->status.phase != TrainingPhase::kSucceeded && training->status.phase != TrainingPhase::kFailed;
  return false;
}

MonitorPhase phase_of(const Observed& seen, const DriftMonitorStatus& status) {
  if (is_training(seen, status)) return MonitorPhase::kRetraining;
  if (status.episode) return MonitorPhase::kDrifting;
  if (!is_true(status.conditions, kReady)) return MonitorPhase::kPending;
  if (is_true(status.conditions, kInsufficientData)) return MonitorPhase::kInsufficientData;
  return MonitorPhase::kWatching;
}

}  // namespace

MonitorPlan with_condition(const Observed& seen, MonitorPlan plan, const Statement& statement) {
  set_condition(plan.status.conditions, statement, seen.monitor->metadata.generation, seen.now);
  return plan;
}

MonitorPlan with_summary(const Observed& seen, MonitorPlan plan) {
  const std::optional<Finding> obstacle = find_obstacle(seen, plan.status);
  plan = with_ready(seen, std::move(plan), obstacle);
  plan = with_drift(seen, with_rows(seen, with_freshness(seen, std::move(plan))));
  plan.status.phase = phase_of(seen, plan.status);
  set_observed_generation(plan.status, seen.monitor->metadata.generation);
  return plan;
}

}  // namespace gyre::drift_monitor
