#include "controllers/experiment/decide.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/common/jobs.h"
#include "controllers/common/metadata.h"
#include "controllers/experiment/finish.h"
#include "controllers/experiment/names.h"
#include "controllers/experiment/resources.h"
#include "controllers/experiment/search/suggest.h"
#include "controllers/experiment/status.h"
#include "controllers/experiment/trials.h"
#include "controllers/experiment/validate.h"

namespace gyre::experiment {
namespace {

using search::Outcome;

bool has_foreign_trial(const Observed& seen, const std::string& name) {
  return std::ranges::any_of(seen.trials, [&](const auto& job) {
    return job->metadata.name == name && !is_controlled_by(job->metadata, seen.experiment->metadata.uid);
  });
}

std::vector<ParameterAssignment> assignments_at(const search::Space& space, const search::Point& point) {
  std::vector<ParameterAssignment> out;
  for (std::size_t i = 0; i < space.size(); ++i)
    out.push_back({space[i].name, search::format_value(space[i], point[i])});
  return out;
}

// Of what can change: the rest of a trial cannot.
bool is_as_wanted(const TrainingJob& live, const TrainingJob& wanted) {
  return live.metadata.deletion_timestamp ||
         (live.spec.suspend == wanted.spec.suspend && says(live.spec.run_policy, wanted.spec.run_policy));
}

// The first `running` of the unfinished trials run, the newest others are suspended.
ExperimentPlan with_trials_set(const Observed& seen, ExperimentPlan plan, const std::vector<Trial>& trials,
                               int running) {
  for (const Trial& each : trials) {
    if (each.outcome != Outcome::kRunning) continue;
    const TrialState state = running-- > 0 ? TrialState::kRun : TrialState::kSuspend;
    const auto wanted = make_trial(*seen.experiment, each.index, each.assignments, state);
    if (wanted && !is_as_wanted(*each.job, *wanted)) plan.applies.push_back(child(*wanted));
  }
  return plan;
}

int free_slots(const ExperimentSpec& spec, const std::vector<Trial>& trials) {
  const int unfinished = count(trials, Outcome::kRunning);
  return std::max(0, std::min(spec.parallel_trial_count - unfinished,
                              spec.max_trial_count - count(trials, Outcome::kSucceeded) - unfinished));
}

ExperimentPlan start_trials(const Observed& seen, ExperimentPlan plan, const search::Space& space,
                            const std::vector<Trial>& trials) {
  const Experiment& experiment = *seen.experiment;
  search::History history = make_history(experiment.spec.objective, space, trials);
  for (const int index : next_indices(trials, free_slots(experiment.spec, trials))) {
    const auto point = search::suggest(space, experiment.spec.algorithm, index, history);
    if (!point) break;
    if (has_foreign_trial(seen, trial_name(experiment, index)))
      return name_taken(seen, std::move(plan), "TrainingJob", trial_name(experiment, index));
    const auto trial = make_trial(experiment, index, assignments_at(space, *point), TrialState::kRun);
    if (!trial) return stalled(seen, std::move(plan), "InvalidSpec", trial.error().message);
    plan.applies.push_back(child(*trial));
    if (!plan.status.start_time) plan.status.start_time = seen.now;
    // The next one is chosen with this one running.
    history.push_back({index, *point});
  }
  plan.status.phase = ExperimentPhase::kRunning;
  return progressing(
      seen, std::move(plan), "Searching",
      fmt::format("{} of {} trials have succeeded", plan.status.trials.succeeded, experiment.spec.max_trial_count));
}

ExperimentPlan search_on(const Observed& seen, ExperimentPlan plan, const search::Space& space,
                         const std::vector<Trial>& trials) {
  const ExperimentSpec& spec = seen.experiment->spec;
  if (spec.suspend) return suspended(seen, with_trials_set(seen, std::move(plan), trials, 0));
  if (is_paused(seen.experiment->metadata))
    return progressing(seen, std::move(plan), "Paused", "the annotation gyre.dev/paused keeps trials from starting");
  plan = with_trials_set(seen, std::move(plan), trials, spec.parallel_trial_count);
  return start_trials(seen, std::move(plan), space, trials);
}

}  // namespace

ExperimentPlan decide(const Observed& seen) {
  const Experiment& experiment = *seen.experiment;
  ExperimentPlan plan;
  plan.status = experiment.status;
  // Its trials go with it.
  if (experiment.metadata.deletion_timestamp) return plan;
  plan = with_facts(seen, std::move(plan));
  const std::vector<Trial> trials = read_trials(seen);
  if (is_finished(plan.status)) return with_trials_stopped(std::move(plan), trials);

  if (const auto errors = check_experiment(experiment); !errors.empty())
    return stalled(seen, std::move(plan), "InvalidSpec", errors.front().path + ": " + errors.front().message);
  const search::Space space = search::parse_space(experiment.spec.parameters).value_or(search::Space());
  plan = with_trials(seen, std::move(plan), trials);
  if (const auto end = find_end(experiment, space, trials)) return finish(seen, std::move(plan), trials, *end);
  return search_on(seen, std::move(plan), space, trials);
}

}  // namespace gyre::experiment
