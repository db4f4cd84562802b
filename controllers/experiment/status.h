#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controllers/experiment/observed.h"
#include "controllers/experiment/trials.h"

namespace gyre::experiment {

bool is_finished(const ExperimentStatus& status);

// The plan with the generation that was looked at, in status and in every condition.
ExperimentPlan with_facts(const Observed& seen, ExperimentPlan plan);

// The plan with the trials by outcome and the best of them, and an event for what is new.
ExperimentPlan with_trials(const Observed& seen, ExperimentPlan plan, const std::vector<Trial>& trials);

// Each sets all conditions, so that they never contradict one another.
ExperimentPlan progressing(const Observed& seen, ExperimentPlan plan, std::string_view reason, std::string message);
ExperimentPlan suspended(const Observed& seen, ExperimentPlan plan);
// Waits for a person.
ExperimentPlan stalled(const Observed& seen, ExperimentPlan plan, std::string_view reason, std::string message);
ExperimentPlan name_taken(const Observed& seen, ExperimentPlan plan, std::string_view kind, const std::string& name);
// The two ends.
ExperimentPlan succeeded(const Observed& seen, ExperimentPlan plan, std::string_view reason, std::string message);
ExperimentPlan failed(const Observed& seen, ExperimentPlan plan, std::string_view reason, std::string message);

}  // namespace gyre::experiment
