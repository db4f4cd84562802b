#pragma once

// What this agent did, for Prometheus and for the operator.

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "dataplane/stats/latency_histogram.h"
#include "dataplane/wire/sync.h"

namespace gyre::agent {

struct Answered {
  std::int64_t requests = 0;
  std::int64_t errors = 0;
  std::int64_t connect_failures = 0;
  stats::LatencyHistogram latency;
};

enum class Outcome { kGood, kError, kConnectFailure };

struct Snapshot {
  Answered served;
  std::map<std::string, Answered> forwarded;  // By revision.
  std::int64_t refused = 0;
  std::int64_t in_flight = 0;
  std::int64_t idle_milliseconds = 0;
};

// Any thread.
class Metrics {
 public:
  using Steady = std::chrono::steady_clock;

  void begin_request();
  void end_request();
  void served(Outcome outcome, Steady::duration latency);
  void forwarded(const std::string& revision, Outcome outcome, Steady::duration latency);
  void refused();
  std::int64_t in_flight() const { return in_flight_.load(); }
  Snapshot snapshot() const;

  // Profiling.
  std::atomic<std::int64_t> rows{0};
  std::atomic<std::int64_t> dropped{0};     // Exchanges that the queue had no room for.
  std::atomic<std::int64_t> unreadable{0};  // Exchanges whose bodies the protocol does not describe.
  std::atomic<std::int64_t> buckets_pending{0};
  std::atomic<std::int64_t> buckets_lost{0};

 private:
  std::atomic<std::int64_t> in_flight_{0};
  mutable std::mutex mutex_;
  Answered served_;                                  // GUARDED_BY(mutex_)
  std::map<std::string, Answered> forwarded_;        // GUARDED_BY(mutex_)
  std::int64_t refused_ = 0;                         // GUARDED_BY(mutex_)
  Steady::time_point last_request_ = Steady::now();  // GUARDED_BY(mutex_)
};

// `generation` and `weight` are those of the routes in force.
struct Identity {
  std::string service;
  std::string revision;
  std::int64_t generation = 0;
  std::int32_t weight = 0;
};

// Prometheus text format 0.0.4.
std::string format_metrics(const Metrics& metrics, const Identity& identity);

wire::SyncRequest make_sync_request(const Snapshot& snapshot, const Identity& identity);

}  // namespace gyre::agent
