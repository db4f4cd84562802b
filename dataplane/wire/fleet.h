#pragma once

// What controllers know of, and say to, the agents. The collector implements it; controllers depend on this alone.

#include <vector>

#include "crds/meta/kind.h"
#include "dataplane/wire/sync.h"
#include "operator/base/clock.h"

namespace gyre::wire {

// One agent as last heard of.
struct AgentReport {
  std::string pod;
  std::string pod_uid;
  Time heard;
  SyncRequest last;
  bool operator==(const AgentReport&) const = default;
};

// Any thread may call any of these.
class Fleet {
 public:
  virtual ~Fleet() = default;
  // Agents of a service that were heard of within the last minute, in order of pod name.
  virtual std::vector<AgentReport> agents(const Key& service) const = 0;
  // Hands routes to the service's agents, at once to those that wait.
  virtual void publish(const Key& service, const Routes& routes) = 0;
  // Forgets them: the service is gone, or another has its name now. Agents that are still there keep to what they
  // were told last.
  virtual void withdraw(const Key& service) = 0;
};

}  // namespace gyre::wire
