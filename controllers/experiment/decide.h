#pragma once

#include "controllers/experiment/observed.h"

namespace gyre::experiment {

// Starts trials, at most parallelTrialCount at once, until the search is over, then hands the best over. Which values
// a trial gets depends on the spec, the trial's index and the trials so far only. An end is final.
ExperimentPlan decide(const Observed& seen);

}  // namespace gyre::experiment
