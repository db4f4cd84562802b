#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controllers/training_job/observed.h"
#include "dataplane/wire/worker.h"

namespace gyre::training_job {

enum class Outcome {
  kAbsent,   // Not started yet.
  kPending,  // Started, and no trainer runs yet; `message` may say what it waits for.
  kRunning,
  kPublishing,  // The trainers have ended well, the output is being published.
  kStopping,    // It has failed, and some of its pods have not ended yet.
  kSucceeded,
  kFailed,     // Counts against backoffLimit.
  kDoomed,     // Failed, and no other attempt can do better.
  kDisrupted,  // Ended by the cluster: does not count.
};

// What has become of the current attempt.
struct Attempt {
  Outcome outcome = Outcome::kAbsent;
  std::string reason;   // CamelCase
  std::string message;  // For a person: pod, container, exit code, what to do.
  std::shared_ptr<const Job> job;
  std::optional<wire::PublishMessage> published;
  std::vector<DatasetDigest> datasets;
  std::string image;
};

// Looks at the attempt whose number is in status.
Attempt judge(const Observed& seen);

// Whether this object belongs to the TrainingJob, by the UID of its controlling owner.
bool is_ours(const TrainingJob& job, const ObjectMeta& meta);
// The Job of that attempt, if it is ours; null when there is none.
std::shared_ptr<const Job> find_attempt(const Observed& seen, int attempt);
// The pod with completion index 0 of that Job.
std::shared_ptr<const Pod> first_pod(const Observed& seen, const Job& job);
bool is_alive(const Pod& pod);
bool is_finished(const Job& job);
// When a Job that is finished ended; nothing while it is not.
std::optional<Time> end_of(const Job& job);

}  // namespace gyre::training_job
