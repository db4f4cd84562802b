#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "controllers/inference_service/observed.h"

namespace gyre::inference_service {

// The agent as a native sidecar: an init container that restarts always, and ends after the server.
nlohmann::json make_agent(const InferenceService& service, const ModelVersion& version, const std::string& revision,
                          const Options& options);

// Non-root, read-only root, no capabilities: for the containers that we add.
nlohmann::json restricted_context();

}  // namespace gyre::inference_service
