#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "operator/base/clock.h"

namespace gyre::runtime {

// Threads that wait for work. Whoever came last is called first: its memory is still in the caches, its buffers are in
// use anyway, and with little to do the others sleep on. All members are called with the lock held that `wait` gets.
class WaitingRoom {
 public:
  // Until this thread is called, `at_most` has passed or `stop` is asked for.
  void wait(std::unique_lock<std::mutex>& lock, const std::stop_token& stop, std::optional<Duration> at_most);
  // Ends one wait, if anybody waits.
  void call_one();
  // Whether somebody wakes by itself within that time.
  bool has_sentry(Duration within) const;

 private:
  struct Guest {
    std::condition_variable_any woken;
    bool called = false;
    std::optional<std::chrono::steady_clock::time_point> until;
  };
  std::vector<Guest*> guests_;
};

}  // namespace gyre::runtime
