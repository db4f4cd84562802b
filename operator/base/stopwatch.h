#pragma once

#include <chrono>

#include "operator/base/clock.h"

namespace gyre {

// For how long something has lasted, since it was made. Nobody who sets the clock moves it.
class Stopwatch {
 public:
  Duration elapsed() const { return std::chrono::floor<Duration>(std::chrono::steady_clock::now() - started_); }

 private:
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace gyre
