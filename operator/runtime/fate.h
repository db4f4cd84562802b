#pragma once

#include "operator/base/result.h"

namespace gyre::runtime {

// What becomes of a reconcile that failed.
enum class Fate {
  kSoon,     // Somebody wrote first: look again at once, it is not an error.
  kRetry,    // Backoff with jitter, honouring Retry-After, without an attempt limit.
  kSlowly,   // A permission is missing: every few minutes, until somebody grants it.
  kWait,     // Only a change helps, of the object or of what refuses it: hardly anything until then.
  kStopped,  // We are stopping.
  kBug,      // Log, count, and retry with backoff.
};

// The one place that decides it.
Fate fate_of(const Error& error);

}  // namespace gyre::runtime
