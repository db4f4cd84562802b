#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "operator/base/clock.h"
#include "operator/base/result.h"

namespace gyre::kube {

struct Program {
  std::string command;  // With a slash a path, else looked for in $PATH.
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;  // Beside ours; of the same name they win.
  Duration timeout = std::chrono::seconds(30);
  std::size_t longest_output = std::size_t{1} << 20;
};

struct Ended {
  int exit_code = 0;  // 128 + the signal's number when it was killed.
  std::string out;
  std::string err;  // The last few KiB.
};

// Runs it without input and waits for its end. It gets none of our descriptors, and a process group of its own, which
// is killed when it takes or says too much, or when `stop` is asked for (kCancelled). kNotFound: there is no such
// program. Blocks; callable from any thread.
Result<Ended> run_program(const Program& program, std::stop_token stop = {});

}  // namespace gyre::kube
