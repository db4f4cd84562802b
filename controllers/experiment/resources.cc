#include "controllers/experiment/resources.h"

#include <nlohmann/json.hpp>

#include "controllers/experiment/names.h"
#include "controllers/experiment/template.h"

namespace gyre::experiment {
namespace {

ObjectMeta make_metadata(const Experiment& experiment, int index, const std::vector<ParameterAssignment>& assignments) {
  ObjectMeta meta = child_of(experiment, trial_name(experiment, index));
  meta.labels[labels::kExperiment] = child_name(experiment.metadata.name, "");
  meta.labels[labels::kTrial] = std::to_string(index);
  // What asked for the search asked for its trials: it is their lineage too.
  for (const char* label : {labels::kTrigger, labels::kMonitor})
    if (const auto found = experiment.metadata.labels.find(label); found != experiment.metadata.labels.end())
      meta.labels[label] = found->second;
  nlohmann::json values = nlohmann::json::object();
  for (const ParameterAssignment& each : assignments) values[each.name] = each.value;
  meta.annotations[kAssignments] = values.dump();
  return meta;
}

}  // namespace

Result<TrainingJob> make_trial(const Experiment& experiment, int index,
                               const std::vector<ParameterAssignment>& assignments, TrialState state) {
  Result<TrainingJobSpec> spec = schema::from_json<TrainingJobSpec>(render_trial(experiment, assignments));
  if (!spec) return fail(with_context(std::move(spec).error(), "spec.trialTemplate.trainingJob"));
  TrainingJob trial;
  trial.metadata = make_metadata(experiment, index, assignments);
  trial.spec = *std::move(spec);
  trial.spec.suspend = state == TrialState::kSuspend;
  return trial;
}

}  // namespace gyre::experiment
