#pragma once

#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "controllers/common/plan.h"
#include "operator/base/clock.h"
#include "operator/collector/counts.h"
#include "operator/collector/window_store.h"
#include "operator/runtime/metrics.h"

namespace gyre::collector {

using Monitors = std::vector<std::shared_ptr<const DriftMonitor>>;

// Gathers buckets for a moment, adds them to the windows of every monitor of their service, and acknowledges them
// when they are persisted, or when nobody wants them. Thread-safe.
class Intake {
 public:
  // Monitors of a service.
  using Find = std::function<Monitors(const Key& service)>;
  // Something new is persisted for the service.
  using OnChange = std::function<void(const Key& service)>;
  // A monitor's window cannot be kept, and somebody has to do something about it.
  using Tell = std::function<void(const DriftMonitor& monitor, const EventNote& note)>;

  Intake(runtime::Api& api, const Clock& clock, runtime::Metrics& metrics, Find find, OnChange on_change, Tell tell,
         Duration gather);

  // Blocks until the buckets are persisted. kCancelled when `run` is not running, or ends before; kUnavailable when
  // nothing of it could be persisted.
  Result<wire::BucketsResponse> submit(const Key& service, const std::string& pod_uid, wire::BucketsRequest request);

  // Does the work, until `stop`.
  void run(std::stop_token stop);

 private:
  struct Submission {
    Key service;
    Origin origin;
    std::vector<wire::Bucket> buckets;  // In order of sequence.
    std::promise<Result<wire::BucketsResponse>> answer;
  };
  struct Work;
  struct Outcome;

  std::vector<Submission> wait_for_some(std::stop_token stop);
  void close();
  void flush(std::vector<Submission> batch);
  void answer(std::vector<Submission> batch, const Outcome& outcome);
  std::map<Key, Work> sort(const std::vector<Submission>& batch);
  void tell(const Work& work, const Error& error);
  void drop(const char* reason, int count, const Key& service);

  const Clock& clock_;
  runtime::Metrics& metrics_;
  const Find find_;
  const OnChange on_change_;
  const Tell tell_;
  const Duration gather_;
  WindowStore store_;  // Only the thread in `run`.

  std::mutex mutex_;
  std::condition_variable_any added_;
  bool open_ = false;                // GUARDED_BY(mutex_)
  std::vector<Submission> pending_;  // GUARDED_BY(mutex_)
};

}  // namespace gyre::collector
