#pragma once

#include <optional>
#include <stop_token>

namespace gyre {

// SIGTERM and SIGINT no longer end the program: this thread, and those that it starts from now on, leave them to
// `wait_for_ending_signal`.
void block_ending_signals();

// Which of the two came; nothing when `enough` is asked for first. They must be blocked in all threads.
std::optional<int> wait_for_ending_signal(std::stop_token enough = {});

}  // namespace gyre
