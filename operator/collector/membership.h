#pragma once

#include <map>
#include <string>
#include <vector>

#include "dataplane/wire/fleet.h"

namespace gyre::collector {

// An agent that was not heard of for so long is none any more.
inline constexpr Duration kAgentAge = std::chrono::minutes(1);
// A pod without requests for so long is drained.
inline constexpr Duration kDrained = std::chrono::seconds(10);

// Who reported, and what last. A value: no clock, no locks.
class Membership {
 public:
  enum class News {
    kNothing,  // Counters, at most.
    kChange,   // A new agent, another revision, other routes acknowledged, or drained by now.
  };
  News heard(const Key& service, wire::AgentReport report);

  // Those heard of within kAgentAge, in order of pod name.
  std::vector<wire::AgentReport> agents(const Key& service, Time now) const;
  // Those of all services.
  std::size_t size(Time now) const;
  // Forgets older ones; the services that lost one.
  std::vector<Key> forget_old(Time now);

 private:
  std::map<Key, std::map<std::string, wire::AgentReport>> reports_;  // By pod UID.
};

}  // namespace gyre::collector
