#include "controllers/inference_service/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "controllers/common/conditions.h"
#include "controllers/inference_service/names.h"
#include "controllers/inference_service/transitions.h"
#include "controllers/inference_service/world.h"

namespace gyre::inference_service {
namespace {

// What the agents' routes depend on.
auto route_facts(const InferenceServiceStatus& status) {
  return std::make_tuple(status.stable ? status.stable->revision : "", status.canary ? status.canary->revision : "",
                         status.canary && status.rollout ? status.rollout->weight : 0);
}

int effective_before(const InferenceServiceStatus& status, const std::string& revision) {
  for (const TrafficTarget& each : status.traffic)
    if (each.revision == revision) return each.effective;
  return 0;
}

std::vector<TrafficTarget> traffic_of(const Observed& seen, const InferenceServiceStatus& next) {
  const InferenceServiceStatus& live = seen.service->status;
  if (!next.stable) return {};
  const bool is_in_effect = route_facts(live) == route_facts(next) && is_acknowledged(seen);
  const int weight = std::get<2>(route_facts(next));
  const auto target = [&](const std::string& revision, int requested) {
    return TrafficTarget{revision, requested, is_in_effect ? requested : effective_before(live, revision)};
  };
  std::vector<TrafficTarget> out = {target(next.stable->revision, 100 - weight)};
  if (next.canary) out.push_back(target(next.canary->revision, weight));
  return out;
}

void say(const Observed& seen, InferenceServiceStatus& status, const Statement& statement) {
  set_condition(status.conditions, statement, seen.service->metadata.generation, seen.now);
}

std::string starting_message(const Observed& seen, const RevisionStatus& stable) {
  const std::string wrong = what_is_wrong(seen, stable.revision);
  const std::string what =
      fmt::format("{} has {} of {} pods ready", stable.model_version, stable.ready_replicas, stable.replicas);
  return wrong.empty() ? what : what + "; " + wrong;
}

void say_ready(const Observed& seen, const Target& target, InferenceServiceStatus& status) {
  if (!status.stable) {
    const bool is_known = !target.reason.empty();
    const Condition* stalled = find_condition(status.conditions, kStalled);
    say(seen, status,
        {kReady, ConditionStatus::kFalse,
         is_known  ? target.reason
         : stalled ? stalled->reason
                   : "Starting",
         is_known  ? target.message
         : stalled ? stalled->message
                   : "is about to start"});
    return;
  }
  const RevisionStatus& stable = *status.stable;
  if (stable.ready_replicas > 0)
    say(seen, status,
        {kReady, ConditionStatus::kTrue, "Serving",
         fmt::format("{} serves with {} of {} pods", stable.model_version, stable.ready_replicas, stable.replicas)});
  else if (stable.replicas == 0)
    say(seen, status, {kReady, ConditionStatus::kFalse, "ScaledToZero", "spec.predictor.minReplicas is 0"});
  else
    say(seen, status, {kReady, ConditionStatus::kFalse, "NotServing", starting_message(seen, stable)});
}

void say_progressing(const Observed& seen, const Target& target, InferenceServiceStatus& status) {
  if (status.rollout)
    say(seen, status,
        {kProgressing, ConditionStatus::kTrue, schema::enum_name(status.rollout->phase),
         fmt::format("rollout {} {}", status.rollout->attempt, status.rollout->message)});
  else if (!target.version)
    say(seen, status, {kProgressing, ConditionStatus::kFalse, target.reason, target.message});
  else if (status.stable && status.stable->ready_replicas < status.stable->replicas)
    say(seen, status, {kProgressing, ConditionStatus::kTrue, "Starting", starting_message(seen, *status.stable)});
  else if (const Condition* stalled = find_condition(status.conditions, kStalled))
    say(seen, status, {kProgressing, ConditionStatus::kFalse, stalled->reason, stalled->message});
  else
    say(seen, status, {kProgressing, ConditionStatus::kFalse, "Idle", "nothing newer is to be served"});
}

void say_degraded(const Observed& seen, const Target& target, InferenceServiceStatus& status) {
  for (const FailedRevision& failed : status.failed_revisions)
    if (target.version && failed.revision == target.revision) {
      say(seen, status,
          {kDegraded, ConditionStatus::kTrue, failed.reason,
           fmt::format("{} is wanted and was not taken: {}; a rolloutCommand with action Retry tries it again",
                       target.version->metadata.name, failed.message)});
      return;
    }
  const bool was_ready = is_true(seen.service->status.conditions, kReady);
  const bool is_short = status.stable && status.stable->ready_replicas < status.stable->replicas;
  const bool was_degraded = is_true(seen.service->status.conditions, kDegraded);
  if (is_short && (was_ready || was_degraded))
    say(seen, status, {kDegraded, ConditionStatus::kTrue, "PodsMissing", starting_message(seen, *status.stable)});
  else if (!status.stable)
    say(seen, status, {kDegraded, ConditionStatus::kFalse, "NothingServed", "nothing has been served yet"});
  else
    say(seen, status, {kDegraded, ConditionStatus::kFalse, "AsWanted", "no revision that is wanted has failed"});
}

ServicePhase phase_of(const InferenceServiceStatus& status) {
  if (status.rollout && status.rollout->phase == RolloutPhase::kPaused) return ServicePhase::kPaused;
  if (status.rollout) return ServicePhase::kProgressing;
  if (is_true(status.conditions, kDegraded)) return ServicePhase::kDegraded;
  return is_true(status.conditions, kReady) ? ServicePhase::kReady : ServicePhase::kPending;
}

}  // namespace

ServicePlan with_summary(const Observed& seen, const Target& target, ServicePlan plan) {
  InferenceServiceStatus& status = plan.status;
  if (status.stable) {
    status.stable->replicas = seen.service->spec.predictor.min_replicas;
    status.stable->ready_replicas = ready_replicas(seen, status.stable->revision);
    status.url = fmt::format("http://{}.{}.svc", seen.service->metadata.name, seen.service->metadata.namespace_);
  }
  if (status.canary) status.canary->ready_replicas = ready_replicas(seen, status.canary->revision);
  if (route_facts(status) != route_facts(seen.service->status)) ++status.routes_generation;
  status.traffic = traffic_of(seen, status);
  say_ready(seen, target, status);
  say_progressing(seen, target, status);
  say_degraded(seen, target, status);
  status.phase = phase_of(status);
  set_observed_generation(status, seen.service->metadata.generation);
  return plan;
}

}  // namespace gyre::inference_service
