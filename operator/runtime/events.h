#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "controllers/common/plan.h"
#include "operator/runtime/api.h"
#include "operator/runtime/metrics.h"

namespace gyre::runtime {

// Counts events by kind, type and reason: what controllers did, for those who watch many objects. Reasons are
// constants of the code or of Kubernetes, so there are few.
inline constexpr char kEventsTotal[] = "gyre_events_total";
Labels event_labels(std::string_view kind, EventType type, std::string_view reason);

// Writes events.k8s.io/v1 Events. The same object, reason and note within ten minutes is written, and counted, once. A
// failed write is logged, not returned: an event is a courtesy. Thread-safe.
class EventRecorder {
 public:
  // `instance` is this pod's name.
  EventRecorder(Api& api, const Clock& clock, Metrics& metrics, std::string instance);

  void record(const Kind& kind, const ObjectMeta& regarding, const EventNote& note);

 private:
  struct Written {
    Time at;
    std::size_t hash;
  };
  bool is_repeated(const std::string& what);

  Api& api_;
  const Clock& clock_;
  Metrics& metrics_;
  const std::string instance_;
  std::mutex mutex_;
  std::unordered_set<std::size_t> written_;  // GUARDED_BY(mutex_) Hashes of what is not said again for a while.
  std::deque<Written> line_;                 // GUARDED_BY(mutex_) The same, the oldest first.
};

}  // namespace gyre::runtime
