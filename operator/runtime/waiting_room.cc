#include "operator/runtime/waiting_room.h"

#include <algorithm>

namespace gyre::runtime {

void WaitingRoom::wait(std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
                       std::optional<Duration> at_most) {
  Guest guest;
  guests_.push_back(&guest);
  const auto is_called = [&guest] { return guest.called; };
  if (at_most) {
    guest.until = std::chrono::steady_clock::now() + *at_most;
    guest.woken.wait_until(lock, stop, *guest.until, is_called);
  } else {
    guest.woken.wait(lock, stop, is_called);
  }
  if (!guest.called) std::erase(guests_, &guest);
}

void WaitingRoom::call_one() {
  if (guests_.empty()) return;
  Guest& last = *guests_.back();
  guests_.pop_back();
  last.called = true;
  last.woken.notify_one();
}

bool WaitingRoom::has_sentry(Duration within) const {
  // Times are rounded on their way here.
  const auto latest = std::chrono::steady_clock::now() + within + std::chrono::milliseconds(1);
  return std::ranges::any_of(guests_, [&](const Guest* guest) { return guest->until && *guest->until <= latest; });
}

}  // namespace gyre::runtime
