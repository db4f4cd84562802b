#pragma once

#include <cstdint>
#include <memory>

#include "dataplane/agent/config.h"
#include "operator/base/clock.h"

namespace gyre::agent {

// The serving sidecar: proxy, metrics, profiling and reporting.
class Agent {
 public:
  // Listens, and reads the routes and the baseline that are mounted; what is missing of these two may come later or
  // never. kUnavailable when a port is taken. The clock outlives the agent.
  static Result<std::unique_ptr<Agent>> make(Config config, const Clock& clock);
  ~Agent();

  // Serves until stop(), then until nothing is in flight and closed buckets are handed over, within a deadline.
  void run();
  // Any thread, any number of times.
  void stop();

  // Useful when the configuration says port 0.
  std::uint16_t port() const;
  std::uint16_t metrics_port() const;

 private:
  struct Parts;
  explicit Agent(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace gyre::agent
