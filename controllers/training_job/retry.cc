#include "controllers/training_job/retry.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/training_job/names.h"
#include "controllers/training_job/status.h"

namespace gyre::training_job {
namespace {

// A cluster that ends attempt after attempt is broken; from then on each counts as a failure.
constexpr int kMaxDisruptions = 20;

TrainingPlan counted(const Attempt& attempt, TrainingPlan plan) {
  const bool is_free = attempt.outcome == Outcome::kDisrupted && plan.status.disruptions < kMaxDisruptions;
  ++(is_free ? plan.status.disruptions : plan.status.failures);
  return plan;
}

// 5, 10, 20, … seconds, at most five minutes.
Duration backoff_after(int attempts) {
  constexpr Duration first = std::chrono::seconds(5);
  constexpr Duration longest = std::chrono::minutes(5);
  return std::min(longest, first * (1 << std::clamp(attempts - 1, 0, 10)));
}

}  // namespace

TrainingPlan after_failure(const Observed& seen, TrainingPlan plan, const Attempt& attempt) {
  const int number = plan.status.attempt;
  plan = counted(attempt, with_cost(seen, std::move(plan), attempt));
  if (attempt.outcome == Outcome::kDoomed)
    return failed(seen, std::move(plan), attempt.reason, fmt::format("attempt {}: {}", number, attempt.message));
  const int limit = seen.training_job->spec.run_policy.backoff_limit;
  if (plan.status.failures > limit)
    return failed(seen, std::move(plan), "BackoffLimitExceeded",
                  fmt::format("attempt {} failed and runPolicy.backoffLimit {} allows no other: {}", number, limit,
                              attempt.message));
  ++plan.status.attempt;
  plan.status.phase = TrainingPhase::kRestarting;
  plan.status.replica_statuses = {};
  const std::string message = fmt::format("attempt {}: {}; attempt {} follows", number, attempt.message, number + 1);
  plan.events.push_back({EventType::kWarning, attempt.reason, "Train", message});
  return progressing(seen, std::move(plan), "Restarting", message);
}

Duration backoff_left(const Observed& seen) {
  const TrainingJobStatus& status = seen.training_job->status;
  const std::shared_ptr<const Job> before = find_attempt(seen, status.attempt - 1);
  const std::optional<Time> ended = before ? end_of(*before) : std::nullopt;
  if (!ended) return Duration::zero();
  const Time earliest = *ended + backoff_after(status.failures + status.disruptions);
  return std::max(Duration::zero(), Duration(earliest - seen.now));
}

}  // namespace gyre::training_job
