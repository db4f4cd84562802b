#include "operator/base/signals.h"

#include <pthread.h>
#include <signal.h>

namespace gyre {
namespace {

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void block_ending_signals() {
  const sigset_t signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

std::optional<int> wait_for_ending_signal(std::stop_token enough) {
  const std::stop_callback wake(enough, [self = pthread_self()] { pthread_kill(self, SIGTERM); });
  const sigset_t signals = ending_signals();
  int which = 0;
  sigwait(&signals, &which);
  return enough.stop_requested() ? std::nullopt : std::optional(which);
}

}  // namespace gyre
