#include "controllers/inference_service/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/metadata.h"
#include "controllers/inference_service/names.h"
#include "dataplane/wire/worker.h"

namespace gyre::inference_service {
namespace {

constexpr int kCrashesToGiveUp = 3;

std::vector<const Pod*> pods_of(const Observed& seen, std::string_view revision) {
  std::vector<const Pod*> out;
  for (const auto& pod : seen.pods)
    if (label_of(pod->metadata, labels::kRevision) == revision && !pod->metadata.deletion_timestamp)
      out.push_back(pod.get());
  return out;
}

std::vector<const ContainerStatus*> containers_of(const Pod& pod) {
  std::vector<const ContainerStatus*> out;
  for (const auto* list : {&pod.status.init_container_statuses, &pod.status.container_statuses})
    for (const ContainerStatus& container : *list) out.push_back(&container);
  return out;
}

// What a container said when it ended: our worker leaves a message, others an exit code.
std::string last_words(const ContainerStatus& container) {
  const auto& ended = container.state.terminated ? container.state.terminated : container.last_state.terminated;
  // A server that ends well and is started again is no server.
  if (!ended || (ended->exit_code == 0 && container.restart_count == 0)) return "";
  const auto message = nlohmann::json::parse(ended->message, nullptr, false);
  const auto parsed = schema::from_json<wire::FetchMessage>(message);
  if (message.is_object() && parsed && !parsed->error.empty()) return parsed->error;
  return fmt::format("it ended with exit code {}{}{}", ended->exit_code, ended->message.empty() ? "" : ": ",
                     ended->message);
}

std::string wrong_with(const ContainerStatus& container) {
  const std::string words = last_words(container);
  if (!words.empty() && !container.ready) return words;
  const auto& waiting = container.state.waiting;
  if (!waiting || waiting->reason == "PodInitializing" || waiting->reason == "ContainerCreating") return "";
  return waiting->reason + (waiting->message.empty() ? "" : ": " + waiting->message);
}

// Whether every ready pod of the revision has an agent that runs the routes of the status.
bool all_run(const Observed& seen, std::string_view revision) {
  const auto agents = live_agents(seen, revision);
  if (static_cast<int>(agents.size()) < ready_replicas(seen, revision)) return false;
  return std::ranges::all_of(agents, [&](const wire::AgentReport* agent) {
    return agent->last.generation >= seen.service->status.routes_generation;
  });
}

}  // namespace

int ready_replicas(const Observed& seen, std::string_view revision) {
  for (const auto& deployment : seen.deployments)
    if (label_of(deployment->metadata, labels::kRevision) == revision) return deployment->status.ready_replicas;
  return 0;
}

std::vector<const wire::AgentReport*> live_agents(const Observed& seen, std::string_view revision) {
  std::vector<const wire::AgentReport*> out;
  for (const wire::AgentReport& agent : seen.agents)
    if (agent.last.revision == revision && seen.now - agent.heard <= kAgentSilence) out.push_back(&agent);
  return out;
}

bool is_acknowledged(const Observed& seen) {
  const InferenceServiceStatus& status = seen.service->status;
  if (!status.stable) return false;
  return all_run(seen, status.stable->revision) && (!status.canary || all_run(seen, status.canary->revision));
}

bool is_idle(const Observed& seen, std::string_view revision, Duration while_) {
  return std::ranges::all_of(live_agents(seen, revision), [&](const wire::AgentReport* agent) {
    return Duration(agent->last.idle_milliseconds) >= while_;
  });
}

std::string what_is_wrong(const Observed& seen, std::string_view revision) {
  for (const Pod* pod : pods_of(seen, revision)) {
    for (const ContainerStatus* container : containers_of(*pod))
      if (const std::string words = wrong_with(*container); !words.empty())
        return fmt::format("container {} of pod {}: {}", container->name, pod->metadata.name, words);
    for (const ChildCondition& condition : pod->status.conditions)
      if (condition.type == "PodScheduled" && condition.status == "False")
        return fmt::format("pod {} is not scheduled: {}", pod->metadata.name, condition.message);
  }
  return "";
}

std::optional<Time> unavailable_since(const Observed& seen, std::string_view revision) {
  for (const auto& deployment : seen.deployments) {
    if (label_of(deployment->metadata, labels::kRevision) != revision || deployment->status.ready_replicas > 0)
      continue;
    for (const ChildCondition& condition : deployment->status.conditions)
      if (condition.type == "Available" && condition.status == "False") return condition.last_transition_time;
  }
  return std::nullopt;
}

bool is_crash_looping(const Observed& seen, std::string_view revision) {
  for (const Pod* pod : pods_of(seen, revision))
    for (const ContainerStatus* container : containers_of(*pod))
      if (container->restart_count >= kCrashesToGiveUp && container->state.waiting &&
          container->state.waiting->reason == "CrashLoopBackOff")
        return true;
  return false;
}

}  // namespace gyre::inference_service
