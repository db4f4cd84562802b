#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <tuple>
#include <utility>

#include "crds/meta/kind.h"
#include "operator/base/clock.h"
#include "operator/runtime/metrics.h"
#include "operator/runtime/waiting_room.h"

namespace gyre::runtime {

// Low is for what nobody waits for: the first sight of everything after a start. The numbers are controller-runtime's,
// and are the label `priority` of workqueue_depth.
enum class Priority { kLow = -100, kNormal = 0 };

struct QueueTiming {
  Duration first_backoff = Duration(200);
  Duration longest_backoff = std::chrono::minutes(5);
  // A low key comes before those normal ones that were added so much later, so that it is never passed over for ever.
  Duration patience = std::chrono::seconds(5);
};

// Keys that need a look: each at most once, some only after a while. A key that a worker holds is not given to
// another; added meanwhile, it comes again after `done`. A key that needs nothing takes no memory. Thread-safe.
class Queue {
 public:
  Queue(std::string name, const Clock& clock, Metrics& metrics, QueueTiming timing = {});

  void add(const Key& key, Priority priority = Priority::kNormal);
  // The earliest of several wishes for one key counts.
  void add_after(const Key& key, Duration delay);
  // After an exponential, jittered delay that grows with every call until `forget`. A key that is held keeps the
  // priority that it was taken with. It does not come again before `at_least`, which is what a server asked for,
  // whoever adds it meanwhile. Returns the delay.
  Duration add_with_backoff(const Key& key, Duration at_least = Duration(0));
  void forget(const Key& key);

  // Waits for a key; nothing once `stop` is asked for. The caller must call `done` for it, and then `take` again.
  std::optional<Key> take(std::stop_token stop);
  // The caller takes the next key: one that was added meanwhile wakes nobody else.
  void done(const Key& key);

  // Forgets everything that no worker holds: for a replica that no longer leads.
  void clear();
  std::size_t size() const;

 private:
  struct Ready {
    Priority priority;
    Time since;
    std::uint64_t order;
    Time added;  // Before `since` when it was added while held: it goes to the end of the line when it is let go.
  };
  struct Wait {
    Priority priority;
    Time since;
  };
  struct Due {
    Priority priority;
    Time at;
  };
  // Where a key stands in a line; the pointer is to its node in the map beside the line.
  using Place = std::tuple<Time, std::uint64_t, const Key*>;

  void make_ready(const Key& key, Wait wait);
  void make_ready_when_allowed(const Key& key, Wait wait);
  void make_due(const Key& key, Duration delay, Priority priority);
  void promote_due();
  std::optional<Key> pop();
  std::optional<Duration> until_next() const;
  void leave_a_sentry();
  Place place_of(const Key& key, const Ready& ready) const;
  void report();

  const std::string name_;
  const Clock& clock_;
  Metrics& metrics_;
  const QueueTiming timing_;
  const Labels labels_;

  mutable std::mutex mutex_;
  WaitingRoom waiting_;                             // GUARDED_BY(mutex_)
  std::map<Key, Ready> ready_;                      // GUARDED_BY(mutex_)
  std::set<Place> line_;                            // GUARDED_BY(mutex_) ready_ in order of service
  std::map<Key, Wait> dirty_;                       // GUARDED_BY(mutex_) added while held
  std::map<Key, Wait> held_;                        // GUARDED_BY(mutex_) at work since
  std::map<Key, Due> due_;                          // GUARDED_BY(mutex_) delayed keys
  std::set<std::pair<Time, const Key*>> due_line_;  // GUARDED_BY(mutex_) due_ in order of time
  std::map<Key, Time> not_before_;                  // GUARDED_BY(mutex_) of keys that are due, then or later
  std::map<Key, int> failures_;                     // GUARDED_BY(mutex_)
  std::uint64_t next_order_ = 0;                    // GUARDED_BY(mutex_)
};

}  // namespace gyre::runtime
