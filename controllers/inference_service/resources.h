#pragma once

#include <string>

#include "controllers/inference_service/observed.h"
#include "controllers/inference_service/revision.h"
#include "crds/builtin/config_map.h"
#include "dataplane/wire/routes.h"

namespace gyre::inference_service {

Deployment make_deployment(const InferenceService& service, const Revision& revision, int replicas);
// Reaches the agents of one revision: where a stable agent sends a canary its share.
Service make_revision_service(const InferenceService& service, const std::string& revision);
// What clients call: the agents of the stable revision, and no other.
Service make_stable_service(const InferenceService& service, const std::string& stable);
// What the status says that agents should do. Only with a stable revision.
wire::Routes make_routes(const InferenceService& service);
// The routes for agents that start while no operator is there.
ConfigMap make_routes_map(const InferenceService& service);

}  // namespace gyre::inference_service
