#include "controllers/model_version/status.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/model_version/names.h"
#include "controllers/model_version/number.h"

namespace gyre::model_version {
namespace {

bool is_use(const std::optional<RevisionStatus>& revision, const std::string& name) {
  return revision && revision->model_version == name;
}

bool is_used_by(const InferenceService& service, const std::string& name) {
  const InferenceServiceStatus& status = service.status;
  return is_use(status.stable, name) || is_use(status.canary, name) ||
         std::ranges::find(status.history, name) != status.history.end();
}

}  // namespace

VersionPlan with_condition(const Observed& seen, VersionPlan plan, const Statement& statement) {
  set_condition(plan.status.conditions, statement, seen.version->metadata.generation, seen.now);
  return plan;
}

VersionPlan not_ready(const Observed& seen, VersionPlan plan, std::string_view reason, std::string message) {
  return with_condition(seen, std::move(plan), {kReady, ConditionStatus::kFalse, reason, std::move(message)});
}

VersionPlan with_event(const Observed& seen, VersionPlan plan, std::string_view condition, EventNote event) {
  const Condition* before = find_condition(seen.version->status.conditions, condition);
  const Condition* after = find_condition(plan.status.conditions, condition);
  const bool news = !before || !after || before->status != after->status || before->reason != after->reason ||
                    before->message != after->message;
  if (news) plan.events.push_back(std::move(event));
  return plan;
}

VersionPlan rejected(const Observed& seen, VersionPlan plan, std::string_view reason, std::string message) {
  plan.status.phase = VersionPhase::kRejected;
  plan.requeue_after.reset();
  plan = not_ready(seen, std::move(plan), reason, message);
  plan = with_condition(seen, std::move(plan), {kStalled, ConditionStatus::kTrue, reason, message});
  return with_event(seen, std::move(plan), kReady, {EventType::kWarning, "Rejected", "Judge", std::move(message)});
}

VersionPlan name_taken(const Observed& seen, VersionPlan plan, const std::string& job) {
  const std::string message = fmt::format("Job {} exists and is not this version's; delete or rename it", job);
  plan = not_ready(seen, std::move(plan), kNameTaken, message);
  plan = with_condition(seen, std::move(plan), {kStalled, ConditionStatus::kTrue, kNameTaken, message});
  plan = with_event(seen, std::move(plan), kReady, {EventType::kWarning, std::string(kNameTaken), "Create", message});
  return look_again(std::move(plan), std::chrono::seconds(15));
}

VersionPlan with_facts(const Observed& seen, VersionPlan plan) {
  plan.status.served_by.clear();
  for (const auto& service : seen.services)
    if (is_used_by(*service, seen.version->metadata.name)) plan.status.served_by.push_back(service->metadata.name);
  std::ranges::sort(plan.status.served_by);
  set_observed_generation(plan.status, seen.version->metadata.generation);
  return plan;
}

}  // namespace gyre::model_version
