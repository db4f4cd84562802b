#include "controllers/model_version/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/jobs.h"
#include "controllers/model_version/backoff.h"
#include "controllers/model_version/evaluate.h"
#include "controllers/model_version/names.h"
#include "controllers/model_version/number.h"
#include "controllers/model_version/outcome.h"
#include "controllers/model_version/resources.h"
#include "controllers/model_version/status.h"
#include "dataplane/wire/worker.h"

namespace gyre::model_version {
namespace {

constexpr Backoff kBackoff{std::chrono::seconds(10), std::chrono::minutes(5)};

VersionPlan begin(const Observed& seen, VersionPlan plan, int attempt) {
  plan.applies.push_back(child(make_verify_job(*seen.version, attempt, seen.options)));
  if (attempt == 1)
    plan = with_condition(seen, std::move(plan), {kVerified, ConditionStatus::kUnknown, "Verifying", ""});
  return not_ready(seen, std::move(plan), "Verifying",
                   fmt::format("reads {} to prove its digest", seen.version->spec.artifact.uri));
}

VersionPlan mismatch(const Observed& seen, VersionPlan plan, const std::string& what) {
  const Artifact& artifact = seen.version->spec.artifact;
  const std::string message =
      fmt::format("the bytes at {} are not what the digests say: {}; publish them again in a folder of their own",
                  artifact.uri, what);
  plan = with_condition(seen, std::move(plan), {kVerified, ConditionStatus::kFalse, "DigestMismatch", message});
  return rejected(seen, std::move(plan), "DigestMismatch", message);
}

VersionPlan verified(const Observed& seen, VersionPlan plan) {
  plan.status.phase = VersionPhase::kEvaluating;
  plan = with_condition(seen, std::move(plan),
                        {kVerified, ConditionStatus::kTrue, "Verified", "the artifact has the digest it claims"});
  plan = with_event(seen, std::move(plan), kVerified,
                    {EventType::kNormal, "Verified", "Verify", "The artifact has the digest it claims."});
  return evaluate(seen, std::move(plan));
}

VersionPlan failed(const Observed& seen, VersionPlan plan, const Outcome& outcome, const std::string& error) {
  const int attempt = plan.status.verification_attempts;
  const Duration wait = outcome.finished + kBackoff.after(attempt) - seen.now;
  if (wait.count() <= 0) {
    plan.status.verification_attempts = attempt + 1;
    return verify(seen, std::move(plan));
  }
  const std::string message = fmt::format(
      "attempt {} could not read {}: {}; see that the claim exists and holds the published folder; it is "
      "tried again by itself",
      attempt, seen.version->spec.artifact.uri, error);
  plan = with_condition(seen, std::move(plan), {kVerified, ConditionStatus::kFalse, "VerifyFailed", message});
  plan = not_ready(seen, std::move(plan), "VerifyFailed", message);
  plan = with_event(seen, std::move(plan), kVerified, {EventType::kWarning, "VerifyFailed", "Verify", message});
  return look_again(std::move(plan), wait);
}

VersionPlan judge(const Observed& seen, VersionPlan plan, const Outcome& outcome) {
  const auto message = schema::from_json<wire::FetchMessage>(nlohmann::json::parse(outcome.message, nullptr, false));
  if (!message) return failed(seen, std::move(plan), outcome, "no result was left: " + outcome.trouble);
  const std::string& wanted = seen.version->spec.artifact.manifest_digest;
  if (message->mismatch) return mismatch(seen, std::move(plan), message->error);
  if (!message->error.empty()) return failed(seen, std::move(plan), outcome, message->error);
  if (outcome.state == JobState::kFailed) return failed(seen, std::move(plan), outcome, outcome.trouble);
  if (message->digest != wanted)
    return mismatch(seen, std::move(plan), fmt::format("{} was found, {} is wanted", message->digest, wanted));
  return verified(seen, std::move(plan));
}

}  // namespace

VersionPlan verify(const Observed& seen, VersionPlan plan) {
  plan.status.phase = VersionPhase::kVerifying;
  const int attempt = plan.status.verification_attempts = std::max(1, plan.status.verification_attempts);
  const Outcome outcome = outcome_of(seen, verify_name(*seen.version, attempt));
  switch (outcome.state) {
    case JobState::kAbsent:
      return begin(seen, std::move(plan), attempt);
    case JobState::kForeign:
      return name_taken(seen, std::move(plan), outcome.job->metadata.name);
    case JobState::kRunning:
      plan = put_right(std::move(plan), *outcome.job, make_verify_job(*seen.version, attempt, seen.options).spec);
      return not_ready(seen, std::move(plan), "Verifying",
                       outcome.trouble.empty()
                           ? fmt::format("reads {} to prove its digest", seen.version->spec.artifact.uri)
                           : outcome.trouble);
    case JobState::kUnread:
      return look_again(std::move(plan), std::chrono::seconds(2));
    case JobState::kSucceeded:
    case JobState::kFailed:
      return judge(seen, std::move(plan), outcome);
  }
  return plan;
}

}  // namespace gyre::model_version
