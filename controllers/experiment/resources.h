#pragma once

#include <vector>

#include "crds/v1alpha1/experiment.h"
#include "crds/v1alpha1/training_job.h"
#include "operator/base/result.h"

namespace gyre::experiment {

enum class TrialState { kRun, kSuspend };

// The trial of that index. Fails when the template, its placeholders replaced, is no TrainingJobSpec.
Result<TrainingJob> make_trial(const Experiment& experiment, int index,
                               const std::vector<ParameterAssignment>& assignments, TrialState state);

}  // namespace gyre::experiment
