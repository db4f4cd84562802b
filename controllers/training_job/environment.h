#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "crds/v1alpha1/training_job.h"

namespace gyre::training_job {

// The variables that the trainer gets, as a container's `env`: ours come first, so that the user's own may refer to
// them as $(GYRE_OUTPUT_DIR).
nlohmann::json make_environment(const TrainingJob& job, int attempt);

// JOB_COMPLETION_INDEX and the like: a variable whose value is the pod's completion index.
nlohmann::json index_variable(std::string_view name);

// Whether only the operator may set that variable on the trainer.
bool is_reserved_variable(std::string_view name, Framework framework);

}  // namespace gyre::training_job
