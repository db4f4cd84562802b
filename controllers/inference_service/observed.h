#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controllers/common/plan.h"
#include "controllers/inference_service/samples.h"
#include "crds/builtin/deployment.h"
#include "crds/builtin/pod.h"
#include "crds/builtin/service.h"
#include "crds/v1alpha1/inference_service.h"
#include "crds/v1alpha1/model_version.h"
#include "dataplane/wire/fleet.h"

namespace gyre::inference_service {

// What the operator was started with, as far as this kind needs it.
struct Options {
  std::string agent_image;
  std::string worker_image;
  std::string collector;   // "https://gyre-collector.<namespace>.svc:9444"
  std::string namespace_;  // The operator's own, where the runtime catalogue is.
};

// Everything that a decision may depend on, read at once.
struct Observed {
  std::shared_ptr<const InferenceService> service;
  std::vector<std::shared_ptr<const ModelVersion>> versions;  // Of the model it serves.
  std::vector<std::shared_ptr<const Deployment>> deployments;
  std::vector<std::shared_ptr<const Service>> services;
  std::vector<std::shared_ptr<const ControllerRevision>> revisions;
  std::vector<std::shared_ptr<const Pod>> pods;
  // The catalogue's entry of spec.predictor.runtime: nothing when it has none, or when none is needed now.
  std::optional<std::string> runtime;
  std::vector<wire::AgentReport> agents;
  std::vector<Sample> samples;  // The agents' figures over the last while, oldest first.
  Options options;
  Time now{};
};

using ServicePlan = Plan<InferenceServiceStatus>;

}  // namespace gyre::inference_service
