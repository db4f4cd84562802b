#pragma once

#include <string>

#include "crds/schema/codec.h"
#include "dataplane/worker/files.h"

namespace gyre::worker {

// The kubelet cuts a termination message at this many bytes, which would leave JSON that nobody can read.
inline constexpr std::size_t kMaxMessageBytes = 4096;
// Of a message's error: the rest of it needs room too.
inline constexpr std::size_t kMaxErrorBytes = 1500;

// A definite answer is 0; where trying again may help it is 1.
enum class Exit { kAnswered = 0, kTryAgain = 1 };

// What trying again may help against: the world as it is now, not what was asked for.
Exit exit_for(const Error& error);

// Cut to kMaxErrorBytes, at a character.
std::string short_error(const Error& error);

// Whoever reads the answer must find it: kUnavailable when the file cannot be written.
Result<> write_message(const fs::path& path, const std::string& json);

}  // namespace gyre::worker
