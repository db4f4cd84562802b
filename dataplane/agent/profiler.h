#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "dataplane/agent/bucket_store.h"
#include "dataplane/agent/metrics.h"
#include "dataplane/agent/profile.h"

namespace gyre::agent {

// A request that was answered with 200.
struct Exchange {
  std::string request;
  std::string response;
  Time at;
};

// Counts exchanges into buckets on a thread of its own. Whoever answers requests only puts them into a bounded queue;
// what finds no room is dropped and counted, and nobody waits.
class Profiler {
 public:
  static constexpr std::size_t kMostQueued = 1024;
  static constexpr std::size_t kMostQueuedBytes = 32 * 1024 * 1024;
  static constexpr std::size_t kLargestBody = 4 * 1024 * 1024;

  // kInvalid when the baseline's bins are none. The others outlive the profiler.
  static Result<std::unique_ptr<Profiler>> make(const wire::Baseline& baseline, protocol::Mapping mapping,
                                                BucketStore& store, Metrics& metrics, const Clock& clock);
  // Counts what is queued and closes the open bucket.
  ~Profiler();

  // Length of buckets; 0: nobody wants profiles. Any thread.
  void set_bucket_seconds(std::int64_t seconds);
  bool is_wanted() const { return bucket_seconds_.load() > 0; }
  // Never blocks on the counting. Any thread.
  void offer(Exchange exchange);

 private:
  Profiler(ProfileCounts features, ProfileCounts predictions, protocol::Mapping mapping, BucketStore& store,
           Metrics& metrics, const Clock& clock);
  void run(std::stop_token stop);
  std::optional<Exchange> next(std::stop_token stop);
  void count(const Exchange& exchange);
  void open_for(Time at);
  void close_when_due(Time now);
  void close();

  ProfileCounts features_;
  ProfileCounts predictions_;
  const protocol::Mapping mapping_;
  BucketStore& store_;
  Metrics& metrics_;
  const Clock& clock_;
  std::atomic<std::int64_t> bucket_seconds_{0};
  wire::Bucket open_;  // Only the thread's. No rows: none is open.

  std::mutex mutex_;
  std::condition_variable_any queued_;
  std::deque<Exchange> queue_;    // GUARDED_BY(mutex_)
  std::size_t queued_bytes_ = 0;  // GUARDED_BY(mutex_)
  std::jthread thread_;
};

}  // namespace gyre::agent
