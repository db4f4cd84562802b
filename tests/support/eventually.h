#pragma once

#include <chrono>
#include <thread>

namespace gyre::support {

// Waits until `condition` holds, for at most twenty seconds; whether it does. The limit only bounds a failing test.
template <class Condition>
bool eventually(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace gyre::support
