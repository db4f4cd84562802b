#pragma once

#include "controllers/inference_service/observed.h"
#include "controllers/inference_service/target.h"

namespace gyre::inference_service {

// Moves the service towards its target by one act at most: what is decided is in the status before anything is done
// about it, so that whoever leads next goes on from there.
ServicePlan advance(const Observed& seen, const Target& target, ServicePlan plan);

}  // namespace gyre::inference_service
