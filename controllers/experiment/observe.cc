#include "controllers/experiment/names.h"
#include "controllers/experiment/reconciler.h"
#include "controllers/experiment/trials.h"

namespace gyre::experiment {
namespace {

// TrainingJobs of others that have names that our next trials need.
std::vector<std::shared_ptr<const TrainingJob>> strangers(const runtime::Cache& cache, const Experiment& experiment,
                                                          const std::vector<Trial>& trials) {
  std::vector<std::shared_ptr<const TrainingJob>> out;
  for (const int index : next_indices(trials, experiment.spec.parallel_trial_count))
    if (auto job = cache.get<TrainingJob>({experiment.metadata.namespace_, trial_name(experiment, index)}))
      out.push_back(std::move(job));
  return out;
}

}  // namespace

Result<Observed> observe(const runtime::Cache& cache, const Key& key, Time now) {
  Observed seen;
  seen.experiment = cache.get<Experiment>(key);
  if (!seen.experiment) return fail(Code::kNotFound, "NotFound", "Experiment " + key.text() + " is gone");
  const Experiment& experiment = *seen.experiment;
  seen.now = now;
  seen.trials = cache.owned_by<TrainingJob>(experiment.metadata.uid);
  const std::vector<Trial> trials = read_trials(seen);
  for (auto& stranger : strangers(cache, experiment, trials)) seen.trials.push_back(std::move(stranger));
  const auto& success = experiment.spec.on_success;
  if (const Trial* best = best_trial(experiment.spec.objective, trials);
      best && success && success->create_model_version)
    seen.version = cache.get<ModelVersion>(
        {key.namespace_, model_version_name(success->create_model_version->name, best->job->metadata.uid)});
  return seen;
}

}  // namespace gyre::experiment
