#include <signal.h>

#include <stop_token>
#include <thread>

#include "operator/base/limits.h"
#include "operator/base/signals.h"
#include "operator/options.h"
#include "operator/runtime/log.h"
#include "operator/wiring.h"

namespace {

// Asks for the stop when a signal comes; ends with the program when none does.
std::jthread watch_signals(std::stop_source stop) {
  return std::jthread([stop](std::stop_token ended) mutable {
    const auto which = gyre::wait_for_ending_signal(ended);
    if (!which) return;
    gyre::log::info("Stopping", {{"signal", *which == SIGTERM ? "SIGTERM" : "SIGINT"}});
    stop.request_stop();
  });
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  const auto options = gyre::parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  gyre::log::set_up(options->log_format, options->log_level);

  gyre::raise_file_limit();
  gyre::block_ending_signals();
  std::stop_source stop;
  const std::jthread watcher = watch_signals(stop);

  const auto ended = gyre::run_operator(*options, stop.get_token());
  if (!ended) gyre::log::error("Cannot run", {{"reason", ended.error().reason}, {"error", ended.error().message}});
  return ended ? 0 : 1;
}
