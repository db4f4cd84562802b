#pragma once

#include "controllers/inference_service/observed.h"
#include "controllers/inference_service/target.h"

namespace gyre::inference_service {

// The plan with everything in its status that follows from the rest: pods, traffic, routes, conditions, phase.
ServicePlan with_summary(const Observed& seen, const Target& target, ServicePlan plan);

}  // namespace gyre::inference_service
