#include "operator/runtime/fate.h"

namespace gyre::runtime {

Fate fate_of(const Error& error) {
  switch (error.code) {
    case Code::kConflict:
    case Code::kAlreadyExists:
    case Code::kNotFound:
    case Code::kGone:
      return Fate::kSoon;
    case Code::kThrottled:
    case Code::kUnavailable:
    case Code::kTimeout:
    case Code::kUnauthorized:
    case Code::kMismatch:
      return Fate::kRetry;
    case Code::kForbidden:
      return Fate::kSlowly;
    case Code::kInvalid:
      return Fate::kWait;
    case Code::kCancelled:
      return Fate::kStopped;
    case Code::kInternal:
      return Fate::kBug;
  }
  return Fate::kBug;
}

}  // namespace gyre::runtime
