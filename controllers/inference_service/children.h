#pragma once

#include "controllers/inference_service/observed.h"

namespace gyre::inference_service {

// Objects that the status, as it was read, asks for, and the deletion of those that it asks for no more. The next
// status changes nothing before it is written.
ServicePlan with_children(const Observed& seen, ServicePlan plan);

}  // namespace gyre::inference_service
