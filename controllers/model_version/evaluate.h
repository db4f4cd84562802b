#pragma once

#include "controllers/model_version/observed.h"

namespace gyre::model_version {

// The step of a version whose bytes are proven: its gates. Value gates are judged here; comparisons by a Job that
// asks the champion. A champion that cannot be asked is no verdict until 30 minutes have passed.
VersionPlan evaluate(const Observed& seen, VersionPlan plan);

}  // namespace gyre::model_version
