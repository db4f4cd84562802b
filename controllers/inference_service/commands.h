#pragma once

#include "controllers/inference_service/observed.h"
#include "controllers/inference_service/target.h"

namespace gyre::inference_service {

struct CommandResult {
  ServicePlan plan;
  bool has_moved = false;  // The rollout has moved: nothing else may move it in the same plan.
};

// Carries out spec.rolloutCommand, once for each id.
CommandResult obey(const Observed& seen, const Target& target, ServicePlan plan);

}  // namespace gyre::inference_service
