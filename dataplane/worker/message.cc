#include "dataplane/worker/message.h"

#include <fmt/format.h>

#include <fstream>

namespace gyre::worker {

Exit exit_for(const Error& error) {
  switch (error.code) {
    case Code::kInvalid:
    case Code::kMismatch:
    case Code::kAlreadyExists:
      return Exit::kAnswered;
    default:
      return Exit::kTryAgain;
  }
}

std::string short_error(const Error& error) {
  std::string out = error.message;
  if (out.size() <= kMaxErrorBytes) return out;
  std::size_t end = kMaxErrorBytes;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
  return out.substr(0, end) + "…";
}

Result<> write_message(const fs::path& path, const std::string& json) {
  // A termination log is a mounted file: it can be written in place, not replaced or flushed by name.
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << json;
  out.close();
  if (!out)
    return fail(
        Code::kUnavailable, "NoMessage",
        fmt::format("cannot write the result to {}; name a writable file with --termination-log", path.string()));
  return {};
}

}  // namespace gyre::worker
