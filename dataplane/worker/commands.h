#pragma once

#include "dataplane/worker/message.h"
#include "dataplane/worker/options.h"

// One function a subcommand: options in, the message's JSON and the exit status out.
namespace gyre::worker {

struct Outcome {
  std::string message;  // JSON for the termination log; empty: nothing to say.
  Exit exit = Exit::kAnswered;
  std::string error;  // For people, on stderr; empty when all is well.
};

Outcome run_fetch(const Options& options);
Outcome run_publish(const Options& options);
Outcome run_profile(const Options& options);
Outcome run_evaluate(const Options& options);
Outcome run_compare(const Options& options);

struct Command {
  std::string_view name;
  Options::Known known;
  Outcome (*run)(const Options&);
};
const std::vector<Command>& commands();

}  // namespace gyre::worker
