#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "crds/schema/validate.h"
#include "crds/v1alpha1/experiment.h"

namespace gyre::experiment {

// What the schema cannot say: a search space that makes sense and suits the algorithm, references that resolve, counts
// that agree, a trial template that is a TrainingJobSpec once its placeholders have values. Paths begin with "spec.".
std::vector<schema::FieldError> check_experiment(const Experiment& experiment);

// The spec of a TrainingJob as a trial with some values of the space would have it, for a check of its pod template.
// For experiments that check_experiment finds nothing wrong with.
nlohmann::json sample_trial(const Experiment& experiment);

}  // namespace gyre::experiment
