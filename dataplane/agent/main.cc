#include <csignal>
#include <cstdlib>
#include <thread>

#include "dataplane/agent/agent.h"
#include "dataplane/agent/log.h"

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
  // Blocked before any thread starts, so that only the one below takes them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  Result<agent::Config> config = agent::read_config(environment);
  if (!config) return fail_with(config.error());
  const SystemClock clock;
  Result<std::unique_ptr<agent::Agent>> made = agent::Agent::make(*std::move(config), clock);
  if (!made) return fail_with(made.error());
  agent::Agent& agent = **made;
  const std::jthread signals([&] {
    int taken = 0;
    sigwait(&ends, &taken);
    agent::log(agent::Level::kInfo, "draining");
    agent.stop();
  });
  agent.run();
}
