#pragma once

#include "controllers/training_job/observed.h"

namespace gyre::training_job {

// Pending → Running → Publishing → Succeeded or Failed, by way of Restarting and Suspended; nothing after the two
// ends but deletion when the time to live is over. A retry is a new Job, whose name carries the attempt.
TrainingPlan decide(const Observed& seen);

}  // namespace gyre::training_job
