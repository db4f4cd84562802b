#include "controllers/inference_service/rollout.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/common/conditions.h"
#include "controllers/inference_service/analysis.h"
#include "controllers/inference_service/revision.h"
#include "controllers/inference_service/transitions.h"
#include "controllers/inference_service/world.h"

namespace gyre::inference_service {
namespace {

constexpr Duration kLookAgain = std::chrono::seconds(1);
// Proxies acknowledge nothing: a revision is idle when nobody has used it for so long.
constexpr Duration kIdle = std::chrono::seconds(10);
// A canary that has been tried and has had no ready pod for so long is not coming back by itself.
constexpr Duration kLongestAbsence = std::chrono::seconds(30);
constexpr Duration kLongestDrain = std::chrono::seconds(90);

ServicePlan wait(ServicePlan plan, std::string message) {
  plan.status.rollout->message = std::move(message);
  return look_again(std::move(plan), kLookAgain);
}

// Pods that a share of the requests needs.
int replicas_for(int weight, int all) { return std::max(1, (all * weight + 99) / 100); }

bool canary_has(const Observed& seen, int replicas) {
  return ready_replicas(seen, seen.service->status.canary->revision) >= replicas;
}

std::string waiting_for_pods(const Observed& seen, int replicas) {
  const std::string& revision = seen.service->status.canary->revision;
  const std::string wrong = what_is_wrong(seen, revision);
  return fmt::format("waits for {} of {} pods of revision {}{}{}", replicas - ready_replicas(seen, revision), replicas,
                     revision, wrong.empty() ? "" : "; ", wrong);
}

Duration deadline_of(const Observed& seen) {
  return std::chrono::seconds(seen.service->spec.rollout.progress_deadline_seconds);
}

// Scales the canary, and goes back when its pods do not come: in time after they were asked for, however long the
// step, or a suspension, has lasted before.
ServicePlan await_pods(const Observed& seen, ServicePlan plan, int replicas) {
  const std::string waiting = waiting_for_pods(seen, replicas);
  if (plan.status.canary->replicas < replicas) {
    plan.status.canary->replicas = replicas;
    plan.status.rollout->step_started = seen.now;
    return wait(std::move(plan), waiting);
  }
  const Time since = seen.service->status.rollout->step_started.value_or(seen.now);
  if (seen.now - since > deadline_of(seen))
    return go_back(seen, std::move(plan), "RolledBack", "ProgressDeadlineExceeded",
                   fmt::format("not ready after {} s: {}", deadline_of(seen) / std::chrono::seconds(1), waiting));
  return wait(std::move(plan), waiting);
}

ServicePlan set_weight(const Observed& seen, ServicePlan plan, int weight) {
  const int replicas = replicas_for(weight, seen.service->spec.predictor.min_replicas);
  if (!canary_has(seen, replicas)) return await_pods(seen, std::move(plan), replicas);
  const bool is_set = seen.service->status.rollout->weight == weight;
  plan.status.rollout->weight = weight;
  if (is_set && is_acknowledged(seen)) {
    // Pods that a higher weight needed go only now, when no agent sends it any more.
    plan.status.canary->replicas = replicas;
    return next_step(seen, std::move(plan));
  }
  return wait(std::move(plan), fmt::format("waits until every agent sends {}% on", weight));
}

ServicePlan run_pause(const Observed& seen, ServicePlan plan, const Pause& step) {
  if (!step.duration) return pause(seen, std::move(plan), "pauses until somebody promotes or aborts it");
  const Time end = seen.service->status.rollout->step_started.value_or(seen.now) + *step.duration;
  if (seen.now >= end) return next_step(seen, std::move(plan));
  plan = pause(seen, std::move(plan), fmt::format("pauses for {}", format_duration(*step.duration)));
  return look_again(std::move(plan), std::chrono::ceil<Duration>(end - seen.now));
}

ServicePlan run_analysis(const Observed& seen, ServicePlan plan) {
  // Once unsure it waits for a person, and is not measured into another mind.
  if (seen.service->status.rollout->phase == RolloutPhase::kPaused) return plan;
  const AnalysisResult result = analyse(seen);
  plan.status.rollout->analysis = result.counts;
  switch (result.state) {
    case AnalysisState::kPassed:
      plan.events.push_back({EventType::kNormal, "AnalysisPassed", "Analyse", result.message});
      return next_step(seen, std::move(plan));
    case AnalysisState::kFailed:
      return go_back(seen, std::move(plan), "RolledBack", "AnalysisFailed", result.message);
    case AnalysisState::kUnsure:
      return pause(seen, std::move(plan), "pauses: the analysis cannot tell: " + result.message);
    case AnalysisState::kRunning:
      plan.status.rollout->message = result.message;
      return look_again(std::move(plan), std::min(result.next, kLookAgain));
  }
  return plan;
}

ServicePlan run_step(const Observed& seen, ServicePlan plan) {
  const auto& steps = seen.service->spec.rollout.steps;
  const auto at = static_cast<std::size_t>(seen.service->status.rollout->current_step);
  if (at >= steps.size()) return start_promotion(seen, std::move(plan));
  const RolloutStep& step = steps[at];
  if (step.set_weight) return set_weight(seen, std::move(plan), *step.set_weight);
  if (step.pause) return run_pause(seen, std::move(plan), *step.pause);
  return run_analysis(seen, std::move(plan));
}

ServicePlan start_canary(const Observed& seen, ServicePlan plan) {
  if (!canary_has(seen, 1)) return await_pods(seen, std::move(plan), 1);
  // Beside a stable revision that serves nobody there is nothing to try carefully.
  if (ready_replicas(seen, seen.service->status.stable->revision) == 0) return start_promotion(seen, std::move(plan));
  plan.status.rollout->phase = RolloutPhase::kStepping;
  plan.status.rollout->step_started = seen.now;
  return plan;
}

ServicePlan run_promotion(const Observed& seen, ServicePlan plan) {
  const int replicas = std::max(1, seen.service->spec.predictor.min_replicas);
  if (!canary_has(seen, replicas)) return await_pods(seen, std::move(plan), replicas);
  const bool is_set = seen.service->status.rollout->weight == 100;
  plan.status.rollout->weight = 100;
  if (is_set && is_acknowledged(seen)) return promote(seen, std::move(plan));
  return wait(std::move(plan), "waits until every agent sends all requests on");
}

ServicePlan run_drain(const Observed& seen, ServicePlan plan) {
  const RolloutStatus& rollout = *seen.service->status.rollout;
  const Duration passed = seen.now - rollout.step_started.value_or(seen.now);
  const bool is_over = passed >= kIdle && is_acknowledged(seen) && is_idle(seen, rollout.retiring, kIdle);
  if (is_over || passed >= kLongestDrain) return finish(std::move(plan));
  return look_again(std::move(plan), kLookAgain);
}

ServicePlan run_phase(const Observed& seen, ServicePlan plan) {
  switch (seen.service->status.rollout->phase) {
    case RolloutPhase::kStarting:
      return start_canary(seen, std::move(plan));
    case RolloutPhase::kStepping:
    case RolloutPhase::kPaused:
      return run_step(seen, std::move(plan));
    case RolloutPhase::kPromoting:
      return run_promotion(seen, std::move(plan));
    case RolloutPhase::kDraining:
      return run_drain(seen, std::move(plan));
  }
  return plan;
}

// Stable answers for a canary that is not there, but a pause must not wait for it for ever.
bool is_lost(const Observed& seen) {
  const InferenceServiceStatus& status = seen.service->status;
  const auto since = unavailable_since(seen, status.canary->revision);
  return since && status.rollout->weight > 0 && seen.now - *since > kLongestAbsence;
}

// Guards that need no provider, and hold also while the service is suspended.
ServicePlan run_rollout(const Observed& seen, const Target& target, ServicePlan plan) {
  const InferenceServiceStatus& status = seen.service->status;
  if (status.rollout->phase == RolloutPhase::kDraining) return run_drain(seen, std::move(plan));
  const std::string& canary = status.canary->revision;
  if (is_crash_looping(seen, canary))
    return go_back(seen, std::move(plan), "RolledBack", "CrashLoop", what_is_wrong(seen, canary));
  if (is_lost(seen))
    return go_back(seen, std::move(plan), "RolledBack", "PodsLost",
                   "none of its pods is ready any more; " + what_is_wrong(seen, canary));
  if (seen.service->spec.suspend) return wait(std::move(plan), "is suspended by spec.suspend");
  if (target.version && target.revision != canary)
    return go_back(seen, std::move(plan), "Superseded", "Superseded",
                   fmt::format("revision {} is wanted instead", target.revision));
  return run_phase(seen, std::move(plan));
}

ServicePlan blocked(const Observed& seen, ServicePlan plan, const Error& error) {
  set_condition(plan.status.conditions, {"Stalled", ConditionStatus::kTrue, error.reason, error.message},
                seen.service->metadata.generation, seen.now);
  return look_again(std::move(plan), std::chrono::seconds(30));
}

bool may_start(const Observed& seen, const Target& target, const InferenceServiceStatus& status) {
  if (!target.version || seen.service->spec.suspend) return false;
  if (!status.stable) return true;
  return target.revision != status.stable->revision && !has_failed(status, target.revision);
}

}  // namespace

ServicePlan advance(const Observed& seen, const Target& target, ServicePlan plan) {
  if (seen.service->status.rollout) return run_rollout(seen, target, std::move(plan));
  if (!may_start(seen, target, plan.status)) {
    remove_condition(plan.status.conditions, "Stalled");
    return plan;
  }
  // A revision that was deployed before keeps the pod it was deployed with.
  Result<Revision> revision = render_revision(seen, *target.version);
  if (auto kept = find_revision(seen, target.revision)) revision = std::move(*kept);
  if (!revision) return blocked(seen, std::move(plan), revision.error());
  remove_condition(plan.status.conditions, "Stalled");
  if (!plan.status.stable) return serve_first(seen, std::move(plan), *revision);
  return start_rollout(seen, std::move(plan), *revision);
}

}  // namespace gyre::inference_service
