#pragma once

#include <map>
#include <mutex>
#include <string>

#include "controllers/common/plan.h"
#include "operator/runtime/api.h"

namespace gyre::runtime {

// Writes events.k8s.io/v1 Events. The same object, reason and note within ten minutes is written once. A failed
// write is logged, not returned: an event is a courtesy. Thread-safe.
class EventRecorder {
 public:
  // `instance` is this pod's name.
  EventRecorder(Api& api, const Clock& clock, std::string instance);

  void record(const Kind& kind, const ObjectMeta& regarding, const EventNote& note);

 private:
  bool is_repeated(const std::string& what);

  Api& api_;
  const Clock& clock_;
  const std::string instance_;
  std::mutex mutex_;
  std::map<std::string, Time> written_;  // GUARDED_BY(mutex_)
};

}  // namespace gyre::runtime
