#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "operator/base/clock.h"
#include "operator/base/result.h"

namespace gyre::runtime {

struct Rate {
  double qps = 0;  // On average; 0: no limit.
  int burst = 1;   // So many may come at once.
};

// A token bucket. Thread-safe.
class RateLimiter {
 public:
  RateLimiter(const Rate& rate, const Clock& clock);

  // Waits for the caller's turn, in the order of calls; how long that was. kCancelled: by `cancel`.
  Result<Duration> wait();
  // Ends every wait.
  void cancel();

 private:
  const Rate rate_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable cancelled_;
  double tokens_;              // GUARDED_BY(mutex_) Below zero: so many wait.
  Time filled_at_;             // GUARDED_BY(mutex_)
  std::uint64_t cancels_ = 0;  // GUARDED_BY(mutex_)
};

}  // namespace gyre::runtime
