#pragma once

#include <string>

#include "controllers/common/names.h"
#include "crds/v1alpha1/model_version.h"

namespace gyre::model_version {

inline constexpr char kVerifyRole[] = "verify";
inline constexpr char kEvaluateRole[] = "evaluate";
// On an evaluating Job: "<InferenceService>/<ModelVersion>" that it asks.
inline constexpr char kChampionAnnotation[] = "gyre.dev/champion";

// Conditions of a ModelVersion.
inline constexpr char kReady[] = "Ready";
inline constexpr char kVerified[] = "Verified";
inline constexpr char kGatesPassed[] = "GatesPassed";
inline constexpr char kFirstVersion[] = "FirstVersion";
inline constexpr char kStalled[] = "Stalled";
// Reason of a version that waits for a person to free a name.
inline constexpr char kNameTaken[] = "NameTaken";

// Attempts count from 1; the first has no number in its name.
inline std::string verify_name(const ModelVersion& version, int attempt) {
  return child_name(version.metadata.name,
                    attempt <= 1 ? kVerifyRole : std::string(kVerifyRole) + "-" + std::to_string(attempt));
}

inline std::string evaluate_name(const ModelVersion& version, int attempt) {
  return child_name(version.metadata.name, std::string(kEvaluateRole) + "-" + std::to_string(attempt));
}

}  // namespace gyre::model_version
