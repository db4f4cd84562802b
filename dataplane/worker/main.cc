// gyre-worker: the batch tool that training pods, init containers and Jobs run.

#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "dataplane/worker/commands.h"
#include "operator/base/signals.h"

namespace {

using namespace gyre::worker;

constexpr char kUsage[] =
    "usage: gyre-worker fetch|publish|profile|evaluate|compare [options]\n"
    "  fetch     copy and verify a dataset or a model, or pin a snapshot of labelled rows\n"
    "  publish   wait for the training to end, then publish its output folder\n"
    "  profile   CSV file to baseline.json\n"
    "  evaluate  compare predictions with the champion's on the same rows\n"
    "  compare   report on a window against a baseline\n";
constexpr int kMisused = 2;

int run(const Command& command, const std::vector<std::string>& arguments) {
  const auto options = Options::parse(arguments, command.known);
  if (!options) {
    fmt::print(stderr, "gyre-worker {}: {}\n", command.name, options.error().message);
    return kMisused;
  }
  const Outcome outcome = command.run(*options);
  if (!outcome.error.empty()) fmt::print(stderr, "gyre-worker {}: {}\n", command.name, outcome.error);
  if (outcome.message.empty()) return static_cast<int>(outcome.exit);
  fmt::print("{}\n", outcome.message);
  const auto written = write_message(options->get_or("--termination-log", "/dev/termination-log"), outcome.message);
  if (written) return static_cast<int>(outcome.exit);
  fmt::print(stderr, "gyre-worker {}: {}\n", command.name, written.error().message);
  return static_cast<int>(Exit::kTryAgain);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 2), argv + argc);
  // Until run_publish asks for them.
  gyre::block_ending_signals();
  try {
    for (const Command& command : commands())
      if (argc > 1 && command.name == argv[1]) return run(command, arguments);
  } catch (const std::exception& bug) {
    fmt::print(stderr, "gyre-worker: a bug of ours: {}\n", bug.what());
    return static_cast<int>(Exit::kTryAgain);
  }
  fmt::print(stderr, "{}", kUsage);
  return kMisused;
}
