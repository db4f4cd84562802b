#pragma once

#include <string>

#include "dataplane/wire/baseline.h"

namespace gyre::worker {

// Inputs and outputs by name and type, as MLflow's column schemas have them, inferred from the baseline.
std::string format_signature(const wire::Baseline& baseline);

}  // namespace gyre::worker
