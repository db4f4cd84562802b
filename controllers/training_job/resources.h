#pragma once

#include "controllers/training_job/observed.h"

namespace gyre::training_job {

// The Indexed Job of one attempt. The TrainingJob must have passed check_training_job.
// How many pods, and how often they are tried.
JobSpec attempt_numbers(const TrainingJob& job);
Job make_attempt(const TrainingJob& job, int attempt, const Options& options);

// The headless Service through which the pods of an attempt find one another.
Service make_service(const TrainingJob& job);

}  // namespace gyre::training_job
