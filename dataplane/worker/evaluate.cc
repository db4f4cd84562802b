#include "dataplane/worker/evaluate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "crds/schema/codec.h"
#include "dataplane/stats/bootstrap.h"
#include "dataplane/worker/champion.h"
#include "operator/base/digest.h"

namespace gyre::worker {
namespace {

using Texts = std::vector<std::string>;

// The same rows three times over.
struct Answers {
  Texts truth;
  Texts challenger;
  Texts scores;  // Empty when predictions.csv has no column score.
  Texts champion;
};

Result<Table> read_table(const fs::path& folder, const char* name, const std::string& digest) {
  Result<std::string> text = read_file(folder / name);
  if (!text) return fail(std::move(text).error());
  if (const std::string found = sha256_digest(*text); found != digest)
    return fail(
        Code::kMismatch, "DigestMismatch",
        fmt::format("{} has digest {}, wanted is {}: it was changed after it was published", name, found, digest));
  return parse_csv(*text, name);
}

Result<> require_columns(const Table& table, const char* file, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (!table.find(name))
      return fail(Code::kInvalid, "NoColumn",
                  fmt::format("{} has no column \"{}\"; the training must write it", file, name));
  return {};
}

Table features_of(const Table& evaluation) {
  Table out;
  for (std::size_t i = 0; i < evaluation.names.size(); ++i) {
    if (evaluation.names[i] == "id" || evaluation.names[i] == "label") continue;
    out.names.push_back(evaluation.names[i]);
    out.columns.push_back(evaluation.columns[i]);
  }
  return out;
}

// Where each id of `wanted` is in `ids`. An id that occurs twice cannot be told apart unless the order is the same.
Result<std::vector<std::size_t>> positions(const Texts& wanted, const Texts& ids) {
  std::vector<std::size_t> out(wanted.size());
  if (wanted == ids) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
    return out;
  }
  std::map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < ids.size(); ++i) index[ids[i]] = i;
  if (wanted.size() != ids.size() || index.size() != ids.size())
    return fail(Code::kInvalid, "OtherRows",
                "predictions.csv and evaluation.csv must hold the same rows: the same ids, each once or in one order");
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto found = index.find(wanted[i]);
    if (found == index.end())
      return fail(Code::kInvalid, "OtherRows",
                  fmt::format("row {} of evaluation.csv is not in predictions.csv; write the same ids to both", i + 1));
    out[i] = found->second;
  }
  return out;
}

Texts picked(const Texts& column, const std::vector<std::size_t>& at) {
  Texts out;
  for (const std::size_t i : at) out.push_back(column[i]);
  return out;
}

struct Files {
  Table features;
  Answers answers;  // All but the champion's.
};

Result<Files> read_files(const EvaluateRequest& request) {
  Result<Table> predictions = read_table(request.folder, "predictions.csv", request.predictions_digest);
  if (!predictions) return fail(std::move(predictions).error());
  Result<Table> evaluation = read_table(request.folder, "evaluation.csv", request.evaluation_digest);
  if (!evaluation) return fail(std::move(evaluation).error());
  if (auto there = require_columns(*predictions, "predictions.csv", {"id", "prediction"}); !there)
    return fail(there.error());
  if (auto there = require_columns(*evaluation, "evaluation.csv", {"id", "label"}); !there) return fail(there.error());
  if (evaluation->rows() == 0)
    return fail(Code::kInvalid, "NoRows", "evaluation.csv has no rows; the training must hold some out");
  const auto at = positions(*evaluation->find("id"), *predictions->find("id"));
  if (!at) return fail(at.error());
  Files out{.features = features_of(*evaluation)};
  out.answers.truth = *evaluation->find("label");
  out.answers.challenger = picked(*predictions->find("prediction"), *at);
  if (const Texts* scores = predictions->find("score")) out.answers.scores = picked(*scores, *at);
  return out;
}

// Classes as numbers: their own where all are numbers, else their place among the sorted names.
struct Numbers {
  std::vector<double> truth, challenger, champion;
  std::size_t classes = 0;
  bool are_names = false;
};

Numbers to_numbers(const Texts& truth, const Texts& challenger, const Texts& champion) {
  std::set<std::string> names;
  bool are_names = false;
  for (const Texts* column : {&truth, &challenger, &champion})
    for (const std::string& text : *column) {
      names.insert(text);
      are_names = are_names || !parse_number(text);
    }
  const auto convert = [&](const Texts& column) {
    std::vector<double> out;
    for (const std::string& text : column)
      out.push_back(are_names ? static_cast<double>(std::distance(names.begin(), names.find(text)))
                              : *parse_number(text));
    return out;
  };
  Numbers out{convert(truth), convert(challenger), convert(champion)};
  std::set<double> classes(out.truth.begin(), out.truth.end());
  classes.insert(out.challenger.begin(), out.challenger.end());
  out.classes = classes.size();
  out.are_names = are_names;
  return out;
}

bool takes_scores(const std::string& metric) { return metric == "auc" || metric == "log_loss"; }
bool takes_classes(const std::string& metric) {
  return metric == "accuracy" || metric == "f1" || metric == "f1_macro" || metric == "precision" || metric == "recall";
}

VerdictResult result_of(stats::Superiority superiority) {
  switch (superiority) {
    case stats::Superiority::kSuperior:
      return VerdictResult::kSuperior;
    case stats::Superiority::kNonInferior:
      return VerdictResult::kNonInferior;
    case stats::Superiority::kInferior:
      return VerdictResult::kInferior;
    case stats::Superiority::kInconclusive:
      return VerdictResult::kInconclusive;
  }
  return VerdictResult::kError;
}

Verdict failed(int index, const Gate& gate, std::string message) {
  return {.gate = index, .metric = gate.metric, .result = VerdictResult::kFailed, .message = std::move(message)};
}

Verdict judge(int index, const Gate& gate, const Answers& answers, std::uint64_t seed) {
  const bool scores = takes_scores(gate.metric) && !answers.scores.empty();
  const Numbers numbers = to_numbers(answers.truth, scores ? answers.scores : answers.challenger, answers.champion);
  // Of more than two classes none is the positive one; trainers report F1 as its mean over classes then.
  const bool many = gate.metric == "f1" && numbers.classes > 2;
  const auto metric = stats::find_metric(many ? "f1_macro" : gate.metric);
  if (!metric)
    return failed(index, gate,
                  fmt::format("metric {} cannot be computed from predictions; write one of {}", gate.metric,
                              fmt::join(stats::metric_names(), ", ")));
  if (numbers.are_names && !takes_classes(gate.metric))
    return failed(index, gate,
                  fmt::format("metric {} needs numbers, and some label or prediction is none", gate.metric));
  const auto comparison = stats::paired_bootstrap({numbers.truth, numbers.challenger, numbers.champion}, *metric,
                                                  {.seed = seed, .confidence = gate.confidence});
  if (!comparison)
    return failed(index, gate,
                  fmt::format("metric {} is not defined on these {} rows", gate.metric, numbers.truth.size()));
  return {.gate = index,
          .metric = gate.metric,
          .value = comparison->challenger,
          .champion_value = comparison->champion,
          .delta = comparison->improvement,
          .ci = {comparison->ci_low, comparison->ci_high},
          .p = comparison->p,
          .n = static_cast<std::int64_t>(numbers.truth.size()),
          .result = result_of(stats::judge(*comparison, gate.margin)),
          .message = fmt::format("{:.4f} against the champion's {:.4f} on {} rows; difference in [{:.4f}, {:.4f}] with "
                                 "confidence {}",
                                 comparison->challenger, comparison->champion, numbers.truth.size(), comparison->ci_low,
                                 comparison->ci_high, gate.confidence)};
}

template <class Judge>
wire::EvaluateMessage each_gate(const std::vector<Gate>& gates, Judge judge_one) {
  wire::EvaluateMessage out;
  for (int i = 0; i < static_cast<int>(gates.size()); ++i) out.verdicts.push_back(judge_one(i, gates[i]));
  return out;
}

}  // namespace

Result<std::vector<Gate>> parse_gates(const std::string& text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_array()) return fail(Code::kInvalid, "BadArgument", "--gates is no JSON list of gates");
  std::vector<Gate> out;
  for (const auto& each : document) {
    Result<Gate> gate = schema::from_json<Gate>(each);
    if (!gate) return fail(with_context(std::move(gate).error(), "--gates"));
    out.push_back(std::move(*gate));
  }
  return out;
}

Result<wire::EvaluateMessage> evaluate(const EvaluateRequest& request) {
  Result<Files> files = read_files(request);
  if (!files && (files.error().code == Code::kInvalid || files.error().code == Code::kMismatch))
    return each_gate(request.gates,
                     [&](int index, const Gate& gate) { return failed(index, gate, files.error().message); });
  if (!files) return fail(std::move(files).error());
  Result<Texts> champion = ask_champion({request.service, request.model, request.mapping}, files->features);
  if (!champion) return fail(std::move(champion).error());
  files->answers.champion = std::move(*champion);
  return each_gate(request.gates,
                   [&](int index, const Gate& gate) { return judge(index, gate, files->answers, request.seed); });
}

}  // namespace gyre::worker
