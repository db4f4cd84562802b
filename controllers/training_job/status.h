#pragma once

#include <string>
#include <string_view>

#include "controllers/common/conditions.h"
#include "controllers/training_job/attempt.h"

namespace gyre::training_job {

bool is_finished(const TrainingJobStatus& status);

// The plan with what follows from what is seen alone: the generation that was looked at, and when the first attempt
// started.
TrainingPlan with_facts(const Observed& seen, TrainingPlan plan);

// Each sets all conditions, so that they never contradict one another.
TrainingPlan progressing(const Observed& seen, TrainingPlan plan, std::string_view reason, std::string message);
TrainingPlan suspended(const Observed& seen, TrainingPlan plan);
// Waits for a person, who has to free the name of that child.
TrainingPlan name_taken(const Observed& seen, TrainingPlan plan, std::string_view kind, const std::string& name);
// The two ends.
TrainingPlan succeeded(const Observed& seen, TrainingPlan plan);
TrainingPlan failed(const Observed& seen, TrainingPlan plan, std::string_view reason, std::string message);

// The plan with the attempt's GPU seconds added: once, when the attempt is left.
TrainingPlan with_cost(const Observed& seen, TrainingPlan plan, const Attempt& attempt);

}  // namespace gyre::training_job
