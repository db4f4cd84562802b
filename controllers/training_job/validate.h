#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "crds/schema/validate.h"
#include "crds/v1alpha1/training_job.h"

namespace gyre::training_job {

// What the schema cannot say: the template's container "trainer", names and variables that are ours, figures that
// contradict one another. The paths begin with "spec.".
std::vector<schema::FieldError> check_training_job(const TrainingJob& job);

// The same for a TrainingJobSpec inside another object, at `path` there: "spec.retrain.trainingJob".
std::vector<schema::FieldError> check_training_job_spec(const TrainingJobSpec& spec, const std::string& path);

// The same for one that another object holds as it was written, its types and its schema among the rest.
std::vector<schema::FieldError> check_embedded(const nlohmann::json& raw, const std::string& path);

}  // namespace gyre::training_job
