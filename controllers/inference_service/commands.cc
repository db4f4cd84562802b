#include "controllers/inference_service/commands.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/inference_service/transitions.h"

namespace gyre::inference_service {
namespace {

constexpr std::size_t kIdsKept = 10;

bool is_new(const InferenceServiceStatus& status, const RolloutCommand& command) {
  return std::ranges::find(status.commands, command.id) == status.commands.end();
}

ServicePlan remember(ServicePlan plan, const RolloutCommand& command) {
  auto& ids = plan.status.commands;
  ids.insert(ids.begin(), command.id);
  if (ids.size() > kIdsKept) ids.resize(kIdsKept);
  return plan;
}

CommandResult nothing_to_do(ServicePlan plan, const RolloutCommand& command, std::string why) {
  plan.events.push_back(
      {EventType::kNormal, "CommandIgnored", "Command",
       fmt::format("rolloutCommand {} ({}): {}", command.id, schema::enum_name(command.action), why)});
  return {std::move(plan), false};
}

bool has_canary(const Observed& seen) { return seen.service->status.rollout && seen.service->status.canary; }

CommandResult retry(const Target& target, ServicePlan plan, const RolloutCommand& command) {
  const std::size_t removed = std::erase_if(
      plan.status.failed_revisions, [&](const FailedRevision& each) { return each.revision == target.revision; });
  if (removed == 0) return nothing_to_do(std::move(plan), command, "the wanted revision has not failed");
  return {std::move(plan), false};
}

}  // namespace

CommandResult obey(const Observed& seen, const Target& target, ServicePlan plan) {
  const auto& command = seen.service->spec.rollout_command;
  if (!command || !is_new(plan.status, *command)) return {std::move(plan), false};
  plan = remember(std::move(plan), *command);
  if (command->action == RolloutAction::kRetry) return retry(target, std::move(plan), *command);
  if (!has_canary(seen)) return nothing_to_do(std::move(plan), *command, "no rollout is in progress");
  switch (command->action) {
    case RolloutAction::kAbort:
      return {go_back(seen, std::move(plan), "Aborted", "Aborted", "aborted by rolloutCommand " + command->id), true};
    case RolloutAction::kPromoteFull:
      return {start_promotion(seen, std::move(plan)), true};
    case RolloutAction::kPromote:
      if (seen.service->status.rollout->phase == RolloutPhase::kPaused) return {next_step(seen, std::move(plan)), true};
      return nothing_to_do(std::move(plan), *command, "the rollout is not paused");
    case RolloutAction::kRetry:
      break;
  }
  return {std::move(plan), false};
}

}  // namespace gyre::inference_service
