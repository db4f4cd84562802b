#include "controllers/model_version/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/jobs.h"
#include "controllers/common/metadata.h"
#include "controllers/model_version/approve.h"
#include "controllers/model_version/backoff.h"
#include "controllers/model_version/gates.h"
#include "controllers/model_version/names.h"
#include "controllers/model_version/number.h"
#include "controllers/model_version/outcome.h"
#include "controllers/model_version/resources.h"
#include "controllers/model_version/status.h"
#include "dataplane/wire/worker.h"

namespace gyre::model_version {
namespace {

constexpr Backoff kBackoff{std::chrono::seconds(15), std::chrono::minutes(2)};
constexpr Duration kDeadline = std::chrono::minutes(30);

// Where the gates stand: verdicts so far, and whom to ask for the rest.
struct Standing {
  std::vector<Verdict> verdicts;
  std::optional<Champion> champion;  // Of the first gate that is not judged.
  std::vector<int> ask;              // Gates to ask this champion about; others' turn comes afterwards.
  std::string missing;               // A gate's service does not exist: why nothing can be said.
  bool first = false;                // Nobody is served: only value gates count.
};

// What a comparison comes to without asking anybody.
Verdict settled(const ModelVersion& version, int gate, VerdictResult result, std::string message) {
  Verdict out = judge_value(version, gate).value_or(Verdict{.gate = gate, .metric = version.spec.gates[gate].metric});
  out.result = result;
  out.message = std::move(message);
  return out;
}

bool has_rows(const ModelVersion& version) {
  const auto& rows = version.spec.evaluation_rows;
  return rows && !rows->predictions_digest.empty() && !rows->evaluation_digest.empty();
}

// The answers that a gate's champion may be, each added to where the gates stand.
struct Judge {
  const ModelVersion& version;
  const std::vector<Verdict>& known;
  int gate;
  Standing standing;

  Standing add(Verdict verdict) {
    standing.verdicts.push_back(std::move(verdict));
    return std::move(standing);
  }
  Standing operator()(const NoChampion&) {
    standing.first = true;
    return add(settled(version, gate, VerdictResult::kPassed, "no version is served yet: only value gates count"));
  }
  Standing operator()(const SelfChampion&) {
    return add(settled(version, gate, VerdictResult::kPassed, "this version is the champion"));
  }
  Standing operator()(const AmbiguousChampion& answer) {
    return add(settled(version, gate, VerdictResult::kInconclusive, answer.message));
  }
  Standing operator()(const MissingService& answer) {
    if (standing.missing.empty()) standing.missing = answer.message;
    return std::move(standing);
  }
  Standing operator()(const Champion& champion) {
    if (!has_rows(version))
      return add(settled(version, gate, VerdictResult::kFailed,
                         "the training left no predictions.csv and evaluation.csv to compare with the champion"));
    const Verdict* before = find_verdict(known, gate);
    if (before && before->champion == champion.version && before->result != VerdictResult::kError) return add(*before);
    if (!standing.champion) standing.champion = champion;
    if (*standing.champion == champion) standing.ask.push_back(gate);
    return std::move(standing);
  }
};

Standing standing_of(const Observed& seen, const std::vector<Verdict>& known) {
  const ModelVersion& version = *seen.version;
  Standing standing;
  for (int gate = 0; gate < static_cast<int>(version.spec.gates.size()); ++gate) {
    std::optional<Verdict> value = judge_value(version, gate);
    if (value && (value->result == VerdictResult::kFailed || !version.spec.gates[gate].vs))
      standing.verdicts.push_back(std::move(*value));
    else
      standing =
          std::visit(Judge{version, known, gate, std::move(standing)}, champion_of(seen, version.spec.gates[gate]));
  }
  return standing;
}

Duration until_deadline(const Observed& seen, const VersionPlan& plan) {
  const Condition* verified = find_condition(plan.status.conditions, kVerified);
  const Time started = verified ? verified->last_transition_time.value_or(seen.now) : seen.now;
  return started + kDeadline - seen.now;
}

// Nobody could be asked: tried again, until the deadline makes it a verdict.
VersionPlan unanswered(const Observed& seen, VersionPlan plan, std::string_view reason, const std::string& why,
                       Duration wait) {
  const Duration left = until_deadline(seen, plan);
  if (left.count() <= 0) {
    const std::string message = fmt::format("after 30 minutes: {}", why);
    plan = with_condition(seen, std::move(plan), {kGatesPassed, ConditionStatus::kFalse, reason, message});
    return rejected(seen, std::move(plan), reason, message);
  }
  plan = with_condition(seen, std::move(plan), {kGatesPassed, ConditionStatus::kUnknown, reason, why});
  plan = not_ready(seen, std::move(plan), reason, why);
  plan = with_event(seen, std::move(plan), kGatesPassed,
                    {EventType::kWarning, std::string(reason), "Evaluate", why + " It is tried again by itself."});
  return look_again(std::move(plan), std::min(wait, left));
}

VersionPlan ask(const Observed& seen, VersionPlan plan, const Standing& standing);

VersionPlan ask_again(const Observed& seen, VersionPlan plan, const Standing& standing, const Outcome& outcome,
                      const std::string& error) {
  const int attempt = plan.status.evaluation_attempts;
  const Champion& champion = *standing.champion;
  const Duration wait = outcome.finished + kBackoff.after(attempt) - seen.now;
  if (wait.count() <= 0 && until_deadline(seen, plan).count() > 0) {
    plan.status.evaluation_attempts = attempt + 1;
    return ask(seen, std::move(plan), standing);
  }
  for (const int gate : standing.ask) {
    Verdict verdict = settled(*seen.version, gate, VerdictResult::kError, error);
    verdict.champion = champion.version;
    plan.status.verdicts = with_verdict(std::move(plan.status.verdicts), std::move(verdict));
  }
  return unanswered(
      seen, std::move(plan), "ChampionUnreachable",
      fmt::format("attempt {} could not ask {} of InferenceService {}: {}; see that the service is Ready.", attempt,
                  champion.version, champion.service, error),
      wait);
}

// The worker numbers gates as they were given to it. Fails when one was left out or could not be judged.
Result<std::vector<Verdict>> verdicts_in(const std::string& text, const Standing& standing) {
  auto message = schema::from_json<wire::EvaluateMessage>(nlohmann::json::parse(text, nullptr, false));
  if (!message) return fail(Code::kUnavailable, "NoResult", "the Job left no result");
  if (!message->error.empty()) return fail(Code::kUnavailable, "ChampionUnreachable", message->error);
  std::vector<Verdict> out;
  for (int i = 0; i < static_cast<int>(standing.ask.size()); ++i) {
    const Verdict* verdict = find_verdict(message->verdicts, i);
    if (!verdict) return fail(Code::kUnavailable, "NoResult", fmt::format("gates[{}] was not judged", standing.ask[i]));
    if (verdict->result == VerdictResult::kError)
      return fail(Code::kUnavailable, "NoResult", fmt::format("gates[{}]: {}", standing.ask[i], verdict->message));
    out.push_back(*verdict);
    out.back().gate = standing.ask[i];
    out.back().champion = standing.champion->version;
  }
  return out;
}

VersionPlan answered(const Observed& seen, VersionPlan plan, const Standing& standing, const Outcome& outcome) {
  Result<std::vector<Verdict>> verdicts = verdicts_in(outcome.message, standing);
  if (!verdicts && outcome.message.empty()) verdicts.error().message += ": " + outcome.trouble;
  if (!verdicts) return ask_again(seen, std::move(plan), standing, outcome, verdicts.error().message);
  for (Verdict& verdict : *verdicts)
    plan.status.verdicts = with_verdict(std::move(plan.status.verdicts), std::move(verdict));
  return evaluate(seen, std::move(plan));
}

VersionPlan asking(const Observed& seen, VersionPlan plan, const Standing& standing, const std::string& trouble) {
  const std::string message = trouble.empty() ? fmt::format("asks {} of InferenceService {} about the evaluation rows",
                                                            standing.champion->version, standing.champion->service)
                                              : trouble;
  const Condition* before = find_condition(plan.status.conditions, kGatesPassed);
  // Why the last attempt failed stays readable while the next one runs.
  if (!before || before->reason != "ChampionUnreachable")
    plan = with_condition(seen, std::move(plan), {kGatesPassed, ConditionStatus::kUnknown, "Evaluating", message});
  return not_ready(seen, std::move(plan), "Evaluating", message);
}

// Whether a Job asks someone else: another gate's champion, or one that has been replaced since.
bool asks_other(const Outcome& outcome, const Champion& champion) {
  if (!outcome.job || outcome.state == JobState::kForeign) return false;
  return annotation_of(outcome.job->metadata, kChampionAnnotation) != champion.text();
}

VersionPlan ask(const Observed& seen, VersionPlan plan, const Standing& standing) {
  int& attempt = plan.status.evaluation_attempts;
  attempt = std::max(1, attempt);
  Outcome outcome = outcome_of(seen, evaluate_name(*seen.version, attempt));
  while (asks_other(outcome, *standing.champion)) outcome = outcome_of(seen, evaluate_name(*seen.version, ++attempt));
  switch (outcome.state) {
    case JobState::kAbsent:
      plan.applies.push_back(
          child(make_evaluate_job(*seen.version, attempt, *standing.champion, standing.ask, seen.options)));
      return asking(seen, std::move(plan), standing, "");
    case JobState::kForeign:
      return name_taken(seen, std::move(plan), outcome.job->metadata.name);
    case JobState::kRunning:
      plan = put_right(std::move(plan), *outcome.job,
                       make_evaluate_job(*seen.version, attempt, *standing.champion, standing.ask, seen.options).spec);
      return asking(seen, std::move(plan), standing, outcome.trouble);
    case JobState::kUnread:
      return look_again(std::move(plan), std::chrono::seconds(2));
    case JobState::kSucceeded:
    case JobState::kFailed:
      return answered(seen, std::move(plan), standing, outcome);
  }
  return plan;
}

VersionPlan with_first_version(const Observed& seen, VersionPlan plan, const Standing& standing) {
  if (standing.first)
    return with_condition(seen, std::move(plan),
                          {kFirstVersion, ConditionStatus::kTrue, "NoChampion",
                           "no version of this model is served yet, so comparisons with the champion passed"});
  remove_condition(plan.status.conditions, kFirstVersion);
  return plan;
}

}  // namespace

VersionPlan evaluate(const Observed& seen, VersionPlan plan) {
  Standing standing = standing_of(seen, plan.status.verdicts);
  const std::string failure = failure_text(*seen.version, standing.verdicts);
  // Errors of the last attempt stay visible until the next one has ended.
  for (const Verdict& before : plan.status.verdicts)
    if (before.result == VerdictResult::kError && !find_verdict(standing.verdicts, before.gate) && failure.empty())
      standing.verdicts = with_verdict(std::move(standing.verdicts), before);
  plan.status.verdicts = standing.verdicts;
  plan = with_first_version(seen, std::move(plan), standing);
  if (!failure.empty()) {
    plan = with_condition(seen, std::move(plan), {kGatesPassed, ConditionStatus::kFalse, "GateFailed", failure});
    return rejected(seen, std::move(plan), "GateFailed", failure);
  }
  if (standing.champion) return ask(seen, std::move(plan), standing);
  if (!standing.missing.empty())
    return unanswered(seen, std::move(plan), "ReferenceNotFound", standing.missing, kBackoff.longest);
  plan = with_condition(seen, std::move(plan),
                        {kGatesPassed, ConditionStatus::kTrue, "GatesPassed",
                         seen.version->spec.gates.empty() ? "there are no gates" : "all gates passed"});
  return approve(seen, std::move(plan));
}

}  // namespace gyre::model_version
