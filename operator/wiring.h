#pragma once

#include <stop_token>

#include "operator/base/result.h"
#include "operator/options.h"

namespace gyre {

// The whole operator, until `stop`. An error when it cannot start: no cluster, or a port that is taken.
Result<void> run_operator(const OperatorOptions& options, std::stop_token stop);

}  // namespace gyre
