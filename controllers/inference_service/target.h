#pragma once

#include <memory>
#include <string>

#include "controllers/inference_service/observed.h"

namespace gyre::inference_service {

// The version that should be served; without one, why not.
struct Target {
  std::shared_ptr<const ModelVersion> version;
  std::string revision;  // Its hash.
  std::string reason;
  std::string message;
};

// The Approved version with the highest number, unless the spec pins one.
Target find_target(const InferenceService& service, const std::vector<std::shared_ptr<const ModelVersion>>& versions);

}  // namespace gyre::inference_service
