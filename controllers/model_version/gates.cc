#include "controllers/model_version/gates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gyre::model_version {
namespace {

Verdict verdict_of(const ModelVersion& version, int gate, VerdictResult result, std::string message) {
  Verdict out;
  out.gate = gate;
  out.metric = version.spec.gates[gate].metric;
  out.result = result;
  out.message = std::move(message);
  return out;
}

const Evaluation* find_evaluation(const ModelVersion& version, const std::string& metric) {
  const auto& all = version.spec.evaluations;
  const auto found = std::ranges::find(all, metric, &Evaluation::metric);
  return found == all.end() ? nullptr : &*found;
}

std::string missing_metric(const ModelVersion& version, const std::string& metric) {
  std::string known;
  for (const Evaluation& each : version.spec.evaluations) known += (known.empty() ? "" : ", ") + each.metric;
  return fmt::format("the training reported no metric {}; it reported {}", metric, known.empty() ? "none" : known);
}

bool is_candidate(const InferenceService& service, const std::string& model) {
  return service.spec.model.name == model && service.status.stable && !service.metadata.deletion_timestamp;
}

ChampionAnswer answer_for(const Observed& seen, const InferenceService& service) {
  if (!service.status.stable) return NoChampion{};
  if (service.status.stable->model_version == seen.version->metadata.name) return SelfChampion{};
  return Champion{service.metadata.name, service.status.stable->model_version, service.spec.protocol,
                  service.spec.custom};
}

ChampionAnswer named_champion(const Observed& seen, const Gate& gate) {
  for (const auto& service : seen.services) {
    if (service->metadata.name != gate.inference_service || service->metadata.deletion_timestamp) continue;
    if (service->spec.model.name == seen.version->spec.model) return answer_for(seen, *service);
    return AmbiguousChampion{fmt::format("InferenceService {} serves model {}, not {}; name one that serves {}",
                                         gate.inference_service, service->spec.model.name, seen.version->spec.model,
                                         seen.version->spec.model)};
  }
  return MissingService{
      fmt::format("InferenceService {} does not exist; create it, or make a version whose gate names another",
                  gate.inference_service)};
}

}  // namespace

std::optional<Verdict> judge_value(const ModelVersion& version, int index) {
  const Gate& gate = version.spec.gates[index];
  if (!gate.min && !gate.max) return std::nullopt;
  const Evaluation* evaluation = find_evaluation(version, gate.metric);
  if (!evaluation) return verdict_of(version, index, VerdictResult::kFailed, missing_metric(version, gate.metric));
  if (!std::isfinite(evaluation->value))
    return verdict_of(version, index, VerdictResult::kFailed, "the value is not a number");
  Verdict out = verdict_of(version, index, VerdictResult::kPassed, "");
  out.value = evaluation->value;
  out.n = evaluation->n;
  if (gate.min && !(evaluation->value >= *gate.min)) {
    out.result = VerdictResult::kFailed;
    out.message = fmt::format("{}, needs at least {}", evaluation->value, *gate.min);
  } else if (gate.max && !(evaluation->value <= *gate.max)) {
    out.result = VerdictResult::kFailed;
    out.message = fmt::format("{}, needs at most {}", evaluation->value, *gate.max);
  }
  return out;
}

ChampionAnswer champion_of(const Observed& seen, const Gate& gate) {
  if (!gate.inference_service.empty()) return named_champion(seen, gate);
  std::vector<const InferenceService*> candidates;
  for (const auto& service : seen.services)
    if (is_candidate(*service, seen.version->spec.model)) candidates.push_back(service.get());
  if (candidates.empty()) return NoChampion{};
  if (candidates.size() == 1) return answer_for(seen, *candidates.front());
  std::vector<std::string> names;
  for (const InferenceService* each : candidates) names.push_back(each->metadata.name);
  std::ranges::sort(names);
  return AmbiguousChampion{
      fmt::format("model {} is served by {}; a gate must say which is the champion: inferenceService: {}",
                  seen.version->spec.model, fmt::join(names, ", "), names.front())};
}

bool passes(const Gate& gate, const Verdict& verdict) {
  switch (verdict.result) {
    case VerdictResult::kPassed:
    case VerdictResult::kSuperior:
    case VerdictResult::kNonInferior:
      return true;
    case VerdictResult::kInconclusive:
      return gate.on_inconclusive == OnInconclusive::kPass;
    case VerdictResult::kFailed:
    case VerdictResult::kInferior:
    case VerdictResult::kError:
      return false;
  }
  return false;
}

std::string failure_text(const ModelVersion& version, const std::vector<Verdict>& verdicts) {
  for (const Verdict& verdict : verdicts) {
    if (passes(version.spec.gates[verdict.gate], verdict)) continue;
    const std::string why = verdict.message.empty() ? std::string(schema::enum_name(verdict.result)) : verdict.message;
    const std::string against = verdict.champion.empty() ? "" : fmt::format(" against {}", verdict.champion);
    return fmt::format("gates[{}] {}{}: {}", verdict.gate, verdict.metric, against, why);
  }
  return "";
}

const Verdict* find_verdict(const std::vector<Verdict>& verdicts, int gate) {
  const auto found = std::ranges::find(verdicts, gate, &Verdict::gate);
  return found == verdicts.end() ? nullptr : &*found;
}

std::vector<Verdict> with_verdict(std::vector<Verdict> verdicts, Verdict verdict) {
  std::erase_if(verdicts, [&](const Verdict& each) { return each.gate == verdict.gate; });
  const auto place = std::ranges::upper_bound(verdicts, verdict.gate, {}, &Verdict::gate);
  verdicts.insert(place, std::move(verdict));
  return verdicts;
}

}  // namespace gyre::model_version
