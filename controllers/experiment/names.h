#pragma once

#include <string>

#include "controllers/common/names.h"
#include "crds/v1alpha1/experiment.h"

namespace gyre::experiment {

// On each trial: its parameters and their values as a JSON object, which is what the search remembers of it.
inline constexpr char kAssignments[] = "gyre.dev/assignments";

// Conditions of an Experiment.
inline constexpr char kComplete[] = "Complete";
inline constexpr char kFailed[] = "Failed";
inline constexpr char kProgressing[] = "Progressing";
inline constexpr char kSuspended[] = "Suspended";
inline constexpr char kStalled[] = "Stalled";

inline std::string trial_name(const Experiment& experiment, int index) {
  return child_name(experiment.metadata.name, std::to_string(index));
}

}  // namespace gyre::experiment
