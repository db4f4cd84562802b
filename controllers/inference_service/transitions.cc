#include "controllers/inference_service/transitions.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/inference_service/names.h"

namespace gyre::inference_service {
namespace {

constexpr std::size_t kFailuresKept = 20;

RevisionStatus status_of(const Revision& revision, int replicas) {
  RevisionStatus out;
  out.revision = revision.hash;
  out.model_version = revision.model_version;
  out.version = revision.version.value_or(0);
  out.digest = revision.digest;
  out.replicas = replicas;
  return out;
}

void drain(InferenceServiceStatus& status, std::string revision, Time now) {
  RolloutStatus& rollout = *status.rollout;
  rollout.phase = RolloutPhase::kDraining;
  rollout.retiring = std::move(revision);
  rollout.weight = 0;
  rollout.analysis.clear();
  rollout.step_started = now;
  rollout.message = "waits until nobody uses revision " + rollout.retiring;
}

void remember_failure(InferenceServiceStatus& status, std::string_view reason, const std::string& message) {
  auto& failed = status.failed_revisions;
  failed.push_back({status.canary->revision, std::string(reason), message});
  if (failed.size() > kFailuresKept) failed.erase(failed.begin());
}

std::string one_line(const RevisionStatus& revision) {
  return fmt::format("{} (revision {})", revision.model_version, revision.revision);
}

}  // namespace

bool has_failed(const InferenceServiceStatus& status, std::string_view revision) {
  return std::ranges::any_of(status.failed_revisions,
                             [&](const FailedRevision& each) { return each.revision == revision; });
}

ServicePlan serve_first(const Observed& seen, ServicePlan plan, const Revision& revision) {
  plan.applies.push_back(child(make_controller_revision(*seen.service, revision)));
  plan.status.stable = status_of(revision, seen.service->spec.predictor.min_replicas);
  plan.events.push_back({EventType::kNormal, "Serving", "Serve",
                         fmt::format("serves {}, the first revision", one_line(*plan.status.stable))});
  return plan;
}

ServicePlan start_rollout(const Observed& seen, ServicePlan plan, const Revision& revision) {
  plan.applies.push_back(child(make_controller_revision(*seen.service, revision)));
  InferenceServiceStatus& status = plan.status;
  status.canary = status_of(revision, std::min(1, seen.service->spec.predictor.min_replicas));
  RolloutStatus rollout;
  rollout.attempt = ++status.attempt;
  rollout.started = rollout.step_started = seen.now;
  rollout.message = "waits for the canary's first pod";
  status.rollout = rollout;
  plan.events.push_back({EventType::kNormal, "RolloutStarted", "Rollout",
                         fmt::format("rollout {} tries {}", rollout.attempt, one_line(*status.canary))});
  return plan;
}

ServicePlan next_step(const Observed& seen, ServicePlan plan) {
  RolloutStatus& rollout = *plan.status.rollout;
  ++rollout.current_step;
  rollout.phase = RolloutPhase::kStepping;
  rollout.step_started = seen.now;
  rollout.analysis.clear();
  rollout.message.clear();
  return plan;
}

ServicePlan pause(const Observed& seen, ServicePlan plan, std::string message) {
  RolloutStatus& rollout = *plan.status.rollout;
  if (rollout.phase != RolloutPhase::kPaused)
    plan.events.push_back({EventType::kNormal, "RolloutPaused", "Rollout",
                           fmt::format("rollout {} {}", seen.service->status.rollout->attempt, message)});
  rollout.phase = RolloutPhase::kPaused;
  rollout.message = std::move(message);
  return plan;
}

ServicePlan start_promotion(const Observed& seen, ServicePlan plan) {
  RolloutStatus& rollout = *plan.status.rollout;
  rollout.phase = RolloutPhase::kPromoting;
  rollout.step_started = seen.now;
  rollout.analysis.clear();
  rollout.message = "waits for all of the canary's pods";
  return plan;
}

ServicePlan promote(const Observed& seen, ServicePlan plan) {
  InferenceServiceStatus& status = plan.status;
  const RevisionStatus old = *status.stable;
  status.stable = *status.canary;
  status.canary.reset();
  status.rollout->promoted = seen.now;
  std::erase(status.history, old.model_version);
  status.history.insert(status.history.begin(), old.model_version);
  const auto limit = static_cast<std::size_t>(seen.service->spec.rollout.revision_history_limit);
  if (status.history.size() > limit) status.history.resize(limit);
  const std::string message = fmt::format("{} is stable instead of {}", one_line(*status.stable), one_line(old));
  status.last_outcome = {status.rollout->attempt, status.stable->revision, "Promoted", message, seen.now};
  drain(status, old.revision, seen.now);
  plan.events.push_back({EventType::kNormal, "Promoted", "Promote", message});
  return plan;
}

ServicePlan go_back(const Observed& seen, ServicePlan plan, std::string_view result, std::string_view reason,
                    const std::string& message) {
  InferenceServiceStatus& status = plan.status;
  const RevisionStatus canary = *status.canary;
  const bool is_failure = result != "Superseded";
  if (is_failure) remember_failure(status, reason, message);
  status.last_outcome = {status.rollout->attempt, canary.revision, std::string(result), message, seen.now};
  status.canary.reset();
  drain(status, canary.revision, seen.now);
  plan.events.push_back({is_failure ? EventType::kWarning : EventType::kNormal, std::string(result), "Rollback",
                         fmt::format("{} is served on; {}: {}", one_line(*status.stable), one_line(canary), message)});
  return plan;
}

ServicePlan finish(ServicePlan plan) {
  plan.status.rollout.reset();
  return plan;
}

}  // namespace gyre::inference_service
