#pragma once

#include "controllers/training_job/attempt.h"

namespace gyre::training_job {

// The plan after an attempt that did not succeed: another one after a while, or the end. Each attempt is counted once,
// because the count and the number of the next attempt are written together.
TrainingPlan after_failure(const Observed& seen, TrainingPlan plan, const Attempt& attempt);

// How long the current attempt still has to wait for its turn; zero when it may start.
Duration backoff_left(const Observed& seen);

}  // namespace gyre::training_job
