#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "dataplane/stats/latency_histogram.h"
#include "dataplane/stats/sequential.h"
#include "dataplane/wire/fleet.h"
#include "operator/base/clock.h"

namespace gyre::inference_service {

// What one revision has answered.
struct Figures {
  stats::Requests served;  // As its own agents count.
  stats::Requests sent;    // As the agents that sent requests on to it count: an answer that never came is an error.
  stats::LatencyHistogram latency;
  bool operator==(const Figures&) const = default;
};

// Sums since the sampler began, by revision.
struct Sample {
  Time at{};
  std::map<std::string, Figures> revisions;
};

// What was answered from one sample to a later one.
Figures between(const Sample& from, const Sample& to, const std::string& revision);

// Turns the agents' cumulative counters, which begin anew with each pod, into sums that only grow. It is memory, not
// state: a new leader begins with nothing, and measures the interval again. One thread at a time.
class Sampler {
 public:
  // Keeps samples of the last `kept`, at most one a second.
  std::vector<Sample> take(const std::vector<wire::AgentReport>& agents, Time now, Duration kept);

 private:
  void add(const wire::AgentReport& agent, const wire::SyncRequest& before);

  Sample sums_;
  std::map<std::string, wire::SyncRequest> last_;  // By pod UID.
  std::deque<Sample> samples_;
};

}  // namespace gyre::inference_service
