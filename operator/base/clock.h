#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "operator/base/result.h"

namespace gyre {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

// The only place that asks what time it is.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override;
};

// Since an unknown moment, and so only for how long something lasts: nobody can set it.
class MonotonicClock final : public Clock {
 public:
  Time now() const override;
};

// A clock that tests move by hand.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start = Time{}) : now_(start) {}
  Time now() const override { return now_; }
  void advance(Duration by) { now_ += by; }

 private:
  Time now_;
};

// RFC 3339 in UTC, whole seconds, as metav1.Time: "2026-11-21T07:43:21Z".
std::string format_time(Time time);
// RFC 3339 with microseconds, as metav1.MicroTime (leases, events).
std::string format_micro_time(Time time);
Result<Time> parse_time(std::string_view text);

// Go's notation, as all of Kubernetes writes durations: "90s", "1h30m", "250ms".
Result<Duration> parse_duration(std::string_view text);
std::string format_duration(Duration duration);

}  // namespace gyre
