#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "controllers/inference_service/observed.h"
#include "crds/schema/validate.h"

namespace gyre::inference_service {

// The user's or the catalogue's pod template with our parts: the init container that fetches the verified artifact,
// the agent as native sidecar, volumes, and the server's GYRE_MODEL_DIR and preStop.sleep. kInvalid names the field.
Result<nlohmann::json> render_pod(const InferenceService& service, const ModelVersion& version,
                                  const std::string& revision, nlohmann::json pod, const Options& options);

// What keeps a template from being rendered; paths start below it. Nothing is wrong when empty.
std::vector<schema::FieldError> check_template(const nlohmann::json& pod);

// Sets the resources of the container "server".
void set_resources(nlohmann::json& pod, const nlohmann::json& resources);

}  // namespace gyre::inference_service
