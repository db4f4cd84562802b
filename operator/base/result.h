#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gyre {

// What went wrong, as far as callers act on it. The list is closed.
enum class Code {
  kInvalid,        // The input can never be accepted as it stands.
  kNotFound,       // The object, file or route does not exist.
  kAlreadyExists,  // Something of that name exists already.
  kConflict,       // Somebody else wrote first; read again.
  kForbidden,      // Understood, and not permitted.
  kUnauthorized,   // Credentials missing, wrong or expired.
  kGone,           // A watch's or page's resourceVersion is no longer kept.
  kThrottled,      // The server asks us to come back later.
  kUnavailable,    // The other end is not there, or fell over.
  kTimeout,        // No answer in time; the request may have been carried out.
  kMismatch,       // Bytes are not what their digest says.
  kCancelled,      // We are stopping.
  kInternal,       // A bug of ours.
};

std::string_view to_string(Code code);

// An error as a value: a closed code, a CamelCase reason fit for a condition, and a message for people.
struct Error {
  Code code = Code::kInternal;
  std::string reason;
  std::string message;
  std::optional<double> retry_after_seconds;  // What a server's Retry-After asked for.

  bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Code code, std::string reason, std::string message) {
  return std::unexpected(Error{code, std::move(reason), std::move(message), std::nullopt});
}

inline std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

// Adds where we were when it happened: "apply Job train-3: conflict".
Error with_context(Error error, std::string_view context);

}  // namespace gyre
