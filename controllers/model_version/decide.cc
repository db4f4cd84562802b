#include "controllers/model_version/decide.h"

#include "controllers/model_version/approve.h"
#include "controllers/model_version/evaluate.h"
#include "controllers/model_version/names.h"
#include "controllers/model_version/number.h"
#include "controllers/model_version/outcome.h"
#include "controllers/model_version/resources.h"
#include "controllers/model_version/status.h"
#include "controllers/model_version/verify.h"

namespace gyre::model_version {
namespace {

VersionPlan advance(const Observed& seen, VersionPlan plan) {
  switch (plan.status.phase) {
    case VersionPhase::kPending:
    case VersionPhase::kVerifying:
      return verify(seen, std::move(plan));
    case VersionPhase::kEvaluating:
      return evaluate(seen, std::move(plan));
    case VersionPhase::kAwaitingApproval:
      return approve(seen, std::move(plan));
    case VersionPhase::kApproved:
    case VersionPhase::kRejected:
      return plan;
  }
  return plan;
}

// The Job that the plan's phase waits for; every other has been read, or is of no use any more.
std::string awaited_job(const ModelVersion& version, const ModelVersionStatus& status) {
  if (status.phase == VersionPhase::kVerifying) return verify_name(version, status.verification_attempts);
  if (status.phase == VersionPhase::kEvaluating) return evaluate_name(version, status.evaluation_attempts);
  return "";
}

// Jobs that were read expire by themselves; those that nobody waits for are stopped.
VersionPlan with_tidy_jobs(const Observed& seen, VersionPlan plan) {
  const std::string awaited = awaited_job(*seen.version, plan.status);
  for (const auto& job : seen.jobs) {
    if (job->metadata.deletion_timestamp) continue;
    const JobState state = outcome_of(seen, job).state;
    const bool is_read = state == JobState::kSucceeded || state == JobState::kFailed;
    if (is_read && !job->spec.ttl_seconds_after_finished) plan.applies.push_back(child(make_expiry(*job)));
    if (state == JobState::kRunning && job->metadata.name != awaited) plan.deletions.push_back(deletion(*job));
  }
  return plan;
}

bool is_stuck(const ModelVersionStatus& status) {
  const Condition* ready = find_condition(status.conditions, kReady);
  return status.phase == VersionPhase::kRejected || (ready && ready->reason == kNameTaken);
}

}  // namespace

VersionPlan decide(const Observed& seen) {
  VersionPlan plan;
  plan.status = seen.version->status;
  if (seen.version->metadata.deletion_timestamp) return plan;
  plan = with_number(seen, with_facts(seen, std::move(plan)));
  plan = advance(seen, std::move(plan));
  if (!is_stuck(plan.status)) remove_condition(plan.status.conditions, kStalled);
  return with_tidy_jobs(seen, std::move(plan));
}

}  // namespace gyre::model_version
