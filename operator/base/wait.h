#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include "operator/base/clock.h"

namespace gyre {

// For so long, or until a stop is asked for.
inline void wait(std::stop_token stop, Duration duration) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, std::move(stop), duration, [] { return false; });
}

}  // namespace gyre
