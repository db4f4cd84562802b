#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controllers/common/plan.h"
#include "crds/builtin/job.h"
#include "crds/builtin/pod.h"
#include "crds/builtin/service.h"
#include "crds/v1alpha1/model_version.h"
#include "crds/v1alpha1/training_job.h"

namespace gyre::training_job {

// What the operator was started with, as far as this kind needs it.
struct Options {
  std::string worker_image;
};

// Everything that a decision may depend on.
struct Observed {
  std::shared_ptr<const TrainingJob> training_job;
  std::vector<std::shared_ptr<const Job>> jobs;  // Ours, and others of the names that our next ones need.
  std::vector<std::shared_ptr<const Pod>> pods;  // Of this TrainingJob, of all attempts.
  std::shared_ptr<const Service> service;        // Of the name that ours has; null when there is none.
  std::shared_ptr<const ModelVersion> version;   // Of the name that ours has; null when there is none.
  std::optional<std::string> trainer_log;        // The end of it, once the current attempt's Job is complete.
  Options options;
  Time now{};
};

using TrainingPlan = Plan<TrainingJobStatus>;

}  // namespace gyre::training_job
