#pragma once

#include "controllers/training_job/attempt.h"

namespace gyre::training_job {

// The plan after the attempt that succeeded. The TrainingJob ends only once its ModelVersion, if it makes one, is seen
// to exist: an end that was written first could lose the version.
TrainingPlan complete(const Observed& seen, TrainingPlan plan, const Attempt& attempt);

}  // namespace gyre::training_job
