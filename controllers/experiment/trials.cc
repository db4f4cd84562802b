#include "controllers/experiment/trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "controllers/common/conditions.h"
#include "controllers/common/metadata.h"
#include "controllers/common/metric_values.h"
#include "controllers/experiment/names.h"

namespace gyre::experiment {
namespace {

using nlohmann::json;
using search::Outcome;

std::optional<int> index_of(const TrainingJob& job) {
  const std::string text = label_of(job.metadata, labels::kTrial);
  int index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() || index < 0) return std::nullopt;
  return index;
}

std::vector<ParameterAssignment> assignments_of(const Experiment& experiment, const TrainingJob& job) {
  const json values = json::parse(annotation_of(job.metadata, kAssignments), nullptr, false);
  std::vector<ParameterAssignment> out;
  if (!values.is_object()) return out;
  for (const ParameterSpec& parameter : experiment.spec.parameters) {
    const auto value = values.find(parameter.name);
    if (value != values.end() && value->is_string()) out.push_back({parameter.name, value->get<std::string>()});
  }
  return out;
}

Outcome outcome_of(const TrainingJob& job, const std::optional<double>& objective) {
  if (job.status.phase == TrainingPhase::kFailed) return Outcome::kFailed;
  if (job.status.phase != TrainingPhase::kSucceeded) return Outcome::kRunning;
  return objective ? Outcome::kSucceeded : Outcome::kFailed;
}

double loss_of(const Objective& objective, const Trial& trial) {
  if (!trial.objective) return std::numeric_limits<double>::infinity();
  return objective.type == ObjectiveType::kMinimize ? *trial.objective : -*trial.objective;
}

std::optional<search::Point> point_of(const search::Space& space, const Trial& trial) {
  search::Point point;
  for (const search::Dimension& dimension : space) {
    const auto given = std::ranges::find(trial.assignments, dimension.name, &ParameterAssignment::name);
    const auto value = given == trial.assignments.end() ? std::nullopt : search::parse_value(dimension, given->value);
    if (!value) return std::nullopt;
    point.push_back(*value);
  }
  return point;
}

}  // namespace

std::vector<Trial> read_trials(const Observed& seen) {
  std::vector<Trial> out;
  for (const auto& job : seen.trials) {
    const auto index = index_of(*job);
    if (!index || !is_controlled_by(job->metadata, seen.experiment->metadata.uid)) continue;
    Trial trial{job, *index};
    const auto value = finite_metric(job->status.metrics, seen.experiment->spec.objective.metric);
    trial.outcome = outcome_of(*job, value);
    if (trial.outcome == Outcome::kSucceeded) trial.objective = value;
    trial.assignments = assignments_of(*seen.experiment, *job);
    out.push_back(std::move(trial));
  }
  std::ranges::sort(out, {}, &Trial::index);
  return out;
}

const Trial* best_trial(const Objective& objective, const std::vector<Trial>& trials) {
  const Trial* best = nullptr;
  for (const Trial& each : trials)
    if (each.outcome == Outcome::kSucceeded && (!best || loss_of(objective, each) < loss_of(objective, *best)))
      best = &each;
  return best;
}

bool is_goal_reached(const Objective& objective, const Trial& best) {
  if (!objective.goal || !best.objective) return false;
  return objective.type == ObjectiveType::kMinimize ? *best.objective <= *objective.goal
                                                    : *best.objective >= *objective.goal;
}

int count(const std::vector<Trial>& trials, Outcome outcome) {
  return static_cast<int>(std::ranges::count(trials, outcome, &Trial::outcome));
}

search::History make_history(const Objective& objective, const search::Space& space, const std::vector<Trial>& trials) {
  search::History history;
  for (const Trial& each : trials)
    if (auto point = point_of(space, each))
      history.push_back({each.index, *std::move(point), each.outcome, loss_of(objective, each)});
  return history;
}

std::vector<int> next_indices(const std::vector<Trial>& trials, int wanted) {
  std::set<int> taken;
  for (const Trial& each : trials) taken.insert(each.index);
  std::vector<int> out;
  for (int index = 0; static_cast<int>(out.size()) < wanted; ++index)
    if (!taken.contains(index)) out.push_back(index);
  return out;
}

std::string failure_of(const Objective& objective, const Trial& trial) {
  const TrainingJobStatus& status = trial.job->status;
  if (status.phase == TrainingPhase::kSucceeded) {
    for (const MetricValue& metric : status.metrics)
      if (metric.name == objective.metric)
        return fmt::format("its {} is {}, not a finite number", metric.name, metric.value);
    return fmt::format("it did not report {}; print it as {}=<value>", objective.metric, objective.metric);
  }
  const Condition* failed = find_condition(status.conditions, kFailed);
  return failed && !failed->message.empty() ? failed->message : "its TrainingJob failed";
}

}  // namespace gyre::experiment
