#pragma once

#include <string>
#include <string_view>

#include "controllers/inference_service/observed.h"
#include "controllers/inference_service/revision.h"

// Ways a rollout begins, goes on and ends, as changes of the plan's status.
namespace gyre::inference_service {

// The first revision of a service, which nothing can be compared with.
ServicePlan serve_first(const Observed& seen, ServicePlan plan, const Revision& revision);

ServicePlan start_rollout(const Observed& seen, ServicePlan plan, const Revision& revision);

// On to the next step.
ServicePlan next_step(const Observed& seen, ServicePlan plan);

// Waits for a person, or for time.
ServicePlan pause(const Observed& seen, ServicePlan plan, std::string message);

// All steps are passed, or skipped.
ServicePlan start_promotion(const Observed& seen, ServicePlan plan);

// The canary is stable; what was stable is drained.
ServicePlan promote(const Observed& seen, ServicePlan plan);

// Back to stable; the canary is drained. `result` as status.lastOutcome.result has it: RolledBack, Aborted or
// Superseded. The first two are remembered, and not tried again until a Retry.
ServicePlan go_back(const Observed& seen, ServicePlan plan, std::string_view result, std::string_view reason,
                    const std::string& message);

// Nothing is left of the rollout.
ServicePlan finish(ServicePlan plan);

bool has_failed(const InferenceServiceStatus& status, std::string_view revision);

}  // namespace gyre::inference_service
