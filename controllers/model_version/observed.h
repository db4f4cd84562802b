#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controllers/common/plan.h"
#include "crds/builtin/job.h"
#include "crds/builtin/pod.h"
#include "crds/v1alpha1/inference_service.h"
#include "crds/v1alpha1/model_version.h"

namespace gyre::model_version {

// What the operator was started with, as far as this kind needs it.
struct Options {
  std::string worker_image;
  std::string collector;  // "https://gyre-collector.<namespace>.svc:9444"
};

// Everything that a decision may depend on, read from the caches at once.
struct Observed {
  std::shared_ptr<const ModelVersion> version;
  std::vector<std::shared_ptr<const ModelVersion>> siblings;      // Other versions of the same model.
  std::vector<std::shared_ptr<const InferenceService>> services;  // All of the namespace.
  std::vector<std::shared_ptr<const Job>> jobs;                   // Ours, and others of the names that ours have.
  std::vector<std::shared_ptr<const Pod>> pods;                   // Of our Jobs.
  Options options;
  Time now{};
};

using VersionPlan = Plan<ModelVersionStatus>;

}  // namespace gyre::model_version
