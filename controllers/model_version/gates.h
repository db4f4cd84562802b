#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "controllers/model_version/resources.h"

namespace gyre::model_version {

// What a gate's bounds say of the training's own evaluation. Nothing when the gate has no bounds. Fails closed: a
// metric that is missing or not a number has failed.
std::optional<Verdict> judge_value(const ModelVersion& version, int gate);

// Who the champion of a gate is, as the services say it.
struct NoChampion {};       // Nobody serves this model yet.
struct SelfChampion {};     // This very version is served.
struct AmbiguousChampion {  // Cannot be said; waiting does not help.
  std::string message;
};
struct MissingService {  // The service that the gate names does not exist (yet).
  std::string message;
};
using ChampionAnswer = std::variant<NoChampion, SelfChampion, AmbiguousChampion, MissingService, Champion>;
ChampionAnswer champion_of(const Observed& seen, const Gate& gate);

// Whether a verdict lets the version pass, given what the gate says of inconclusive ones.
bool passes(const Gate& gate, const Verdict& verdict);

// "gates[0] accuracy: 0.81, needs at least 0.9" for the first gate that does not pass.
std::string failure_text(const ModelVersion& version, const std::vector<Verdict>& verdicts);

const Verdict* find_verdict(const std::vector<Verdict>& verdicts, int gate);
// The verdicts with this one in its gate's place, in the order of the gates.
std::vector<Verdict> with_verdict(std::vector<Verdict> verdicts, Verdict verdict);

}  // namespace gyre::model_version
