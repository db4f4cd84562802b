#pragma once

#include <memory>
#include <vector>

#include "controllers/common/plan.h"
#include "crds/v1alpha1/experiment.h"
#include "crds/v1alpha1/model_version.h"
#include "crds/v1alpha1/training_job.h"

namespace gyre::experiment {

// What the operator was started with, as far as this kind needs it: nothing.
struct Options {};

// Everything that a decision may depend on, read from the caches at once.
struct Observed {
  std::shared_ptr<const Experiment> experiment;
  std::vector<std::shared_ptr<const TrainingJob>> trials;  // Ours, and others of the names that our next ones need.
  std::shared_ptr<const ModelVersion> version;  // Of the name that the best trial's has; null when there is none.
  Time now{};
};

using ExperimentPlan = Plan<ExperimentStatus>;

}  // namespace gyre::experiment
