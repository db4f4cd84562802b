#include <pthread.h>
#include <signal.h>

#include <stop_token>
#include <thread>

#include "operator/base/clock.h"
#include "operator/options.h"
#include "operator/runtime/log.h"
#include "operator/wiring.h"

namespace {

// SIGTERM and SIGINT stop the operator; they are blocked everywhere else.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Asks for the stop when a signal comes. Looks up now and then, to end with the program when none does.
std::jthread watch_signals(sigset_t signals, std::stop_source stop) {
  return std::jthread([signals, stop](std::stop_token ended) mutable {
    constexpr timespec kSlice{0, 200'000'000};
    while (!ended.stop_requested()) {
      const int which = sigtimedwait(&signals, nullptr, &kSlice);
      if (which < 0) continue;
      gyre::log::info("Stopping", {{"signal", which == SIGTERM ? "SIGTERM" : "SIGINT"}});
      stop.request_stop();
      return;
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = gyre::parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  gyre::log::set_up(options->log_format, options->log_level);

  const sigset_t signals = block_signals();
  std::stop_source stop;
  const std::jthread watcher = watch_signals(signals, stop);

  const auto ended = gyre::run_operator(*options, stop.get_token());
  if (!ended) gyre::log::error("Cannot run", {{"reason", ended.error().reason}, {"error", ended.error().message}});
  return ended ? 0 : 1;
}
