#pragma once

#include <memory>
#include <string>

#include "controllers/model_version/observed.h"

namespace gyre::model_version {

enum class JobState {
  kAbsent,
  kForeign,  // Of that name, but not ours.
  kRunning,  // Or about to.
  kUnread,   // Finished, but its pod has not reached our cache yet.
  kSucceeded,
  kFailed,
};

// What one of our Jobs has to say.
struct Outcome {
  JobState state = JobState::kAbsent;
  std::shared_ptr<const Job> job;  // Null when absent.
  std::string message;             // The worker's termination message, when finished.
  std::string trouble;             // Why its pod does not run, or how it ended; for people.
  Time finished{};
};

Outcome outcome_of(const Observed& seen, const std::string& job_name);
Outcome outcome_of(const Observed& seen, const std::shared_ptr<const Job>& job);

}  // namespace gyre::model_version
