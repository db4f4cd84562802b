#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "controllers/common/plan.h"
#include "crds/v1alpha1/inference_service.h"

namespace gyre::bench {

// What an InferenceService gets in the runtime benchmark. twin/children builds the same in Go: e2e/bench compares the
// objects one by one, so a change here is a change there.

// Hash of the model; names the revision's objects.
std::string revision_of(const InferenceService& service);
// The ControllerRevision, the Deployment, two Services and the ConfigMap with the routes, in the order of creation.
std::vector<Child> make_children(const InferenceService& service);

std::string deployment_name(const InferenceService& service);
// The user's pod template with the agent in it.
nlohmann::json render_pod(const InferenceService& service);

}  // namespace gyre::bench
