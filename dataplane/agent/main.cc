#include <csignal>
#include <cstdlib>
#include <thread>

#include "dataplane/agent/agent.h"
#include "dataplane/agent/log.h"
#include "operator/base/limits.h"
#include "operator/base/signals.h"

namespace {

std::string environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? value : "";
}

int fail_with(const gyre::Error& error) {
  gyre::agent::log(gyre::agent::Level::kError, error.message);
  return 1;
}

}  // namespace

int main() {
  using namespace gyre;
  std::signal(SIGPIPE, SIG_IGN);
  raise_file_limit();
  // Before any thread starts, so that only the one below takes them.
  block_ending_signals();

  Result<agent::Config> config = agent::read_config(environment);
  if (!config) return fail_with(config.error());
  const SystemClock clock;
  Result<std::unique_ptr<agent::Agent>> made = agent::Agent::make(*std::move(config), clock);
  if (!made) return fail_with(made.error());
  agent::Agent& agent = **made;
  const std::jthread signals([&] {
    wait_for_ending_signal();
    agent::log(agent::Level::kInfo, "draining");
    agent.stop();
  });
  agent.run();
}
