#include "operator/runtime/rate_limiter.h"

#include <algorithm>

namespace gyre::runtime {

RateLimiter::RateLimiter(const Rate& rate, const Clock& clock)
    : rate_(rate), clock_(clock), tokens_(rate.burst), filled_at_(clock.now()) {}

Result<Duration> RateLimiter::wait() {
  if (rate_.qps <= 0) return Duration(0);
  std::unique_lock lock(mutex_);
  const Time now = clock_.now();
  // A clock that is set back gives nothing.
  const double gained = std::max(0.0, std::chrono::duration<double>(now - filled_at_).count()) * rate_.qps;
  tokens_ = std::min<double>(tokens_ + gained, rate_.burst) - 1;
  filled_at_ = now;
  if (tokens_ >= 0) return Duration(0);
  const Duration turn(static_cast<Duration::rep>(-tokens_ / rate_.qps * 1000));
  const std::uint64_t before = cancels_;
  if (cancelled_.wait_for(lock, turn, [&] { return cancels_ != before; })) {
    ++tokens_;
    return fail(Code::kCancelled, "NotSent", "the request was cancelled before it was sent");
  }
  return turn;
}

void RateLimiter::cancel() {
  const std::lock_guard lock(mutex_);
  ++cancels_;
  cancelled_.notify_all();
}

}  // namespace gyre::runtime
