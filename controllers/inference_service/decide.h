#pragma once

#include "controllers/inference_service/observed.h"

namespace gyre::inference_service {

// What the status says is there; then the command, or else one act of the rollout; then what follows from it.
ServicePlan decide(const Observed& seen);

}  // namespace gyre::inference_service
