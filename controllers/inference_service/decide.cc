#include "controllers/inference_service/decide.h"

#include "controllers/inference_service/children.h"
#include "controllers/inference_service/commands.h"
#include "controllers/inference_service/rollout.h"
#include "controllers/inference_service/status.h"
#include "controllers/inference_service/target.h"

namespace gyre::inference_service {

ServicePlan decide(const Observed& seen) {
  ServicePlan plan;
  plan.status = seen.service->status;
  if (seen.service->metadata.deletion_timestamp) return plan;
  const Target target = find_target(*seen.service, seen.versions);
  plan = with_children(seen, std::move(plan));
  CommandResult obeyed = obey(seen, target, std::move(plan));
  plan = obeyed.has_moved ? std::move(obeyed.plan) : advance(seen, target, std::move(obeyed.plan));
  return with_summary(seen, target, std::move(plan));
}

}  // namespace gyre::inference_service
