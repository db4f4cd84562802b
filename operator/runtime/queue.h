#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "crds/meta/kind.h"
#include "operator/base/clock.h"
#include "operator/runtime/metrics.h"

namespace gyre::runtime {

// Low is for what nobody waits for: the first sight of everything after a start.
enum class Priority { kLow, kNormal };

struct Backoff {
  Duration first = Duration(200);
  Duration longest = std::chrono::minutes(5);
};

// Keys that need a look: each at most once, some only after a while. A key that a worker holds is not given to
// another; added meanwhile, it comes again after `done`. Thread-safe.
class Queue {
 public:
  Queue(std::string name, const Clock& clock, Metrics& metrics, Backoff backoff = {});

  void add(const Key& key, Priority priority = Priority::kNormal);
  // The earliest of several wishes for one key counts.
  void add_after(const Key& key, Duration delay);
  // After an exponential, jittered delay that grows with every call until `forget`; never less than `at_least`.
  // Returns the delay.
  Duration add_with_backoff(const Key& key, Duration at_least = Duration(0));
  void forget(const Key& key);

  // Waits for a key; nothing once `stop` is asked for. The caller must call `done` for it.
  std::optional<Key> take(std::stop_token stop);
  void done(const Key& key);

  // Forgets everything that no worker holds: for a replica that no longer leads.
  void clear();
  std::size_t size() const;

 private:
  struct Ready {
    Priority priority;
    std::uint64_t order;
    Time since;
  };

  void make_ready(const Key& key, Priority priority);
  void promote_due();
  std::optional<Key> pop();
  std::optional<Duration> until_next() const;
  void report_depth();

  const std::string name_;
  const Clock& clock_;
  Metrics& metrics_;
  const Backoff backoff_;
  const Labels labels_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<Key, Ready> ready_;                                    // GUARDED_BY(mutex_)
  std::set<std::pair<std::pair<int, std::uint64_t>, Key>> line_;  // GUARDED_BY(mutex_) ready_ in order of service
  std::map<Key, Priority> dirty_;                                 // GUARDED_BY(mutex_) added while held
  std::map<Key, Time> held_;                                      // GUARDED_BY(mutex_) since when
  std::map<Key, Time> due_;                                       // GUARDED_BY(mutex_) delayed keys
  std::set<std::pair<Time, Key>> due_line_;                       // GUARDED_BY(mutex_) due_ in order of time
  std::map<Key, int> failures_;                                   // GUARDED_BY(mutex_)
  std::uint64_t next_order_ = 0;                                  // GUARDED_BY(mutex_)
};

}  // namespace gyre::runtime
