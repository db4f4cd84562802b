#pragma once

#include <map>
#include <string>
#include <vector>

#include "operator/collector/counts.h"
#include "operator/runtime/api.h"

namespace gyre::collector {

// A bucket on its way into a window.
struct Arrival {
  std::string pod_uid;
  const wire::Bucket* bucket = nullptr;  // Borrowed for the call.
};

// Windows as ConfigMaps of the API server. One thread.
class WindowStore {
 public:
  explicit WindowStore(runtime::Api& api) : api_(api) {}

  // Returns when the window with all these in it is persisted; nothing is written when it had them all. The number of
  // buckets whose bins do not fit the window's: those are left out. kInvalid when the API server will never take the
  // window; with any other code it may yet.
  Result<int> add(const Slot& slot, const std::vector<Arrival>& arrivals);

  // Forgets what is not needed to add to windows that are still open. Nothing is lost: it is read again.
  void forget_before(Time end);
  void forget_all() { known_.clear(); }

 private:
  struct Stored {
    wire::WindowCounts window;
    std::string uid;  // Empty: there is no object yet.
    std::string resource_version;
  };

  Result<Stored> load(const Slot& slot);
  Result<Stored> read(const Slot& slot);
  Result<void> write(const Slot& slot, Stored stored);

  runtime::Api& api_;
  std::map<Key, Stored> known_;
};

}  // namespace gyre::collector
