#include "controllers/model_version/approve.h"

#include <fmt/format.h>

#include "controllers/model_version/names.h"
#include "controllers/model_version/number.h"
#include "controllers/model_version/status.h"

namespace gyre::model_version {
namespace {

VersionPlan wait_for_approval(const Observed& seen, VersionPlan plan) {
  const ModelVersion& version = *seen.version;
  const std::string& digest = version.spec.artifact.manifest_digest;
  plan.status.phase = VersionPhase::kAwaitingApproval;
  const std::string message =
      version.spec.approval.approved
          ? fmt::format("spec.approval.approved.digest is {}, but this version's manifestDigest is {}",
                        version.spec.approval.approved->digest, digest)
          : fmt::format(
                "approve with: kubectl patch gmv {} --type merge -p "
                "'{{\"spec\":{{\"approval\":{{\"approved\":{{\"digest\":\"{}\"}}}}}}}}'",
                version.metadata.name, digest);
  plan = not_ready(seen, std::move(plan), "AwaitingApproval", message);
  return with_event(seen, std::move(plan), kReady, {EventType::kNormal, "AwaitingApproval", "Approve", message});
}

bool is_approved(const ModelVersion& version) {
  const VersionApproval& approval = version.spec.approval;
  return approval.mode == ApprovalMode::kAuto ||
         (approval.approved && approval.approved->digest == version.spec.artifact.manifest_digest);
}

// A number that was only now assigned is settled once the next look finds no other version with it.
bool has_settled_number(const Observed& seen, const VersionPlan& plan) {
  return plan.status.version > 0 && plan.status.version == seen.version->status.version;
}

}  // namespace

VersionPlan approve(const Observed& seen, VersionPlan plan) {
  if (!is_approved(*seen.version)) return wait_for_approval(seen, std::move(plan));
  if (!has_settled_number(seen, plan)) {
    plan = not_ready(seen, std::move(plan), "WaitingForNumber", "an older version gets its number first");
    return look_again(std::move(plan), std::chrono::seconds(1));
  }
  plan.status.phase = VersionPhase::kApproved;
  plan.requeue_after.reset();
  plan = with_condition(seen, std::move(plan),
                        {kReady, ConditionStatus::kTrue, "Approved", "services that follow this model may serve it"});
  return with_event(seen, std::move(plan), kReady,
                    {EventType::kNormal, "Approved", "Approve",
                     fmt::format("Version {} of {} is approved.", plan.status.version, seen.version->spec.model)});
}

}  // namespace gyre::model_version
