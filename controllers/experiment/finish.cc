#include "controllers/experiment/finish.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/common/model_versions.h"
#include "controllers/experiment/names.h"
#include "controllers/experiment/search/suggest.h"
#include "controllers/experiment/status.h"

namespace gyre::experiment {
namespace {

using search::Outcome;
using MaybeEnd = std::optional<End>;

MaybeEnd too_many_failed(const Experiment& experiment, const search::Space&, const std::vector<Trial>& trials) {
  const int failures = count(trials, Outcome::kFailed);
  if (failures <= experiment.spec.max_failed_trial_count) return std::nullopt;
  const auto last = std::ranges::find(trials.rbegin(), trials.rend(), Outcome::kFailed, &Trial::outcome);
  return End{EndKind::kFailed, "TooManyFailedTrials",
             fmt::format("{} trials failed, more than maxFailedTrialCount, which is {}; the last is {}: {}", failures,
                         experiment.spec.max_failed_trial_count, last->job->metadata.name,
                         failure_of(experiment.spec.objective, *last))};
}

MaybeEnd goal_reached(const Experiment& experiment, const search::Space&, const std::vector<Trial>& trials) {
  const Trial* best = best_trial(experiment.spec.objective, trials);
  if (!best || !is_goal_reached(experiment.spec.objective, *best)) return std::nullopt;
  return End{EndKind::kSucceeded, "GoalReached",
             fmt::format("trial {} reached the goal {}", best->job->metadata.name, *experiment.spec.objective.goal)};
}

MaybeEnd enough_trials(const Experiment& experiment, const search::Space&, const std::vector<Trial>& trials) {
  const int successes = count(trials, Outcome::kSucceeded);
  if (successes < experiment.spec.max_trial_count) return std::nullopt;
  return End{EndKind::kSucceeded, "MaxTrialsReached", fmt::format("{} trials succeeded", successes)};
}

MaybeEnd space_exhausted(const Experiment& experiment, const search::Space& space, const std::vector<Trial>& trials) {
  if (count(trials, Outcome::kRunning) > 0) return std::nullopt;
  const int next = next_indices(trials, 1).front();
  const auto history = make_history(experiment.spec.objective, space, trials);
  if (search::suggest(space, experiment.spec.algorithm, next, history)) return std::nullopt;
  const int successes = count(trials, Outcome::kSucceeded);
  if (successes == 0)
    return End{EndKind::kFailed, "NoTrialSucceeded",
               fmt::format("all {} points of the search space were tried and failed", trials.size())};
  return End{
      EndKind::kSucceeded, "SearchSpaceExhausted",
      fmt::format("all {} points of the search space were tried; {} trials succeeded", trials.size(), successes)};
}

using FindEnd = MaybeEnd (*)(const Experiment&, const search::Space&, const std::vector<Trial>&);
constexpr FindEnd kEnds[] = {too_many_failed, goal_reached, enough_trials, space_exhausted};

ExperimentPlan hand_over(const Observed& seen, ExperimentPlan plan, const TrainingJob& best, const ModelOutput& wanted,
                         const End& end) {
  const Experiment& experiment = *seen.experiment;
  if (!best.status.output)
    return failed(seen, std::move(plan), "NothingPublished",
                  fmt::format("the best trial, {}, has published nothing to make a ModelVersion of; let its trainer "
                              "write to GYRE_OUTPUT_DIR",
                              best.metadata.name));
  const ModelVersion version =
      make_model_version(best, wanted, ObjectLineage{experiment.metadata.name, experiment.metadata.uid});
  if (seen.version && !is_version_of(*seen.version, best))
    return name_taken(seen, std::move(plan), "ModelVersion", version.metadata.name);
  if (!seen.version) {
    plan.applies.push_back(child(version));
    return progressing(seen, std::move(plan), "Publishing", "creating ModelVersion " + version.metadata.name);
  }
  plan.status.model_version = version.metadata.name;
  return succeeded(
      seen, std::move(plan), end.reason,
      fmt::format("{}; the best, {}, is ModelVersion {}", end.message, best.metadata.name, version.metadata.name));
}

}  // namespace

std::optional<End> find_end(const Experiment& experiment, const search::Space& space,
                            const std::vector<Trial>& trials) {
  for (const FindEnd find : kEnds)
    if (auto end = find(experiment, space, trials)) return end;
  return std::nullopt;
}

ExperimentPlan with_trials_stopped(ExperimentPlan plan, const std::vector<Trial>& trials) {
  for (const Trial& each : trials)
    if (each.outcome == Outcome::kRunning && !each.job->metadata.deletion_timestamp)
      plan.deletions.push_back(deletion(*each.job));
  return plan;
}

ExperimentPlan finish(const Observed& seen, ExperimentPlan plan, const std::vector<Trial>& trials, const End& end) {
  plan = with_trials_stopped(std::move(plan), trials);
  if (end.kind == EndKind::kFailed) return failed(seen, std::move(plan), end.reason, end.message);
  plan.status.phase = ExperimentPhase::kRunning;
  // A trial that ended well meanwhile could be the best: which it is must not change once it is handed over.
  if (count(trials, Outcome::kRunning) > 0)
    return progressing(seen, std::move(plan), "Stopping", end.message + "; stopping the trials that still run");
  const auto& success = seen.experiment->spec.on_success;
  const Trial* best = best_trial(seen.experiment->spec.objective, trials);
  if (best && success && success->create_model_version)
    return hand_over(seen, std::move(plan), *best->job, *success->create_model_version, end);
  const std::string which = best ? "; the best is " + best->job->metadata.name : "";
  return succeeded(seen, std::move(plan), end.reason, end.message + which);
}

}  // namespace gyre::experiment
