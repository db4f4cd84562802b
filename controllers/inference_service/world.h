#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "controllers/inference_service/observed.h"

// Questions about what was observed that more than one decision asks.
namespace gyre::inference_service {

// How long an agent may be silent before it counts as not there.
inline constexpr Duration kAgentSilence = std::chrono::seconds(5);

// Pods of the revision that are ready; 0 without a Deployment.
int ready_replicas(const Observed& seen, std::string_view revision);

// Agents of the revision that were heard of just now.
std::vector<const wire::AgentReport*> live_agents(const Observed& seen, std::string_view revision);

// Whether the agents of all ready pods, stable and canary, run the routes that the status says.
bool is_acknowledged(const Observed& seen);

// Whether nobody has used the revision's agents for a while.
bool is_idle(const Observed& seen, std::string_view revision, Duration while_);

// What keeps the revision's pods from being ready, in words; empty when nothing is known.
std::string what_is_wrong(const Observed& seen, std::string_view revision);

// Since when the revision has had no ready pod at all; nothing while it has one, or has no Deployment.
std::optional<Time> unavailable_since(const Observed& seen, std::string_view revision);

// Whether a container of the revision keeps ending: waiting is of no use.
bool is_crash_looping(const Observed& seen, std::string_view revision);

}  // namespace gyre::inference_service
