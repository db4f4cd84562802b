#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controllers/experiment/observed.h"
#include "controllers/experiment/trials.h"

namespace gyre::experiment {

enum class EndKind { kSucceeded, kFailed };

// Why a search is over.
struct End {
  EndKind kind;
  std::string reason;  // CamelCase
  std::string message;
};

// The first reason that applies: too many failures, the goal, enough trials, no more points. Nothing while the search
// goes on.
std::optional<End> find_end(const Experiment& experiment, const search::Space& space, const std::vector<Trial>& trials);

// Stops what still runs, then hands the best trial over as the spec says, then says so in status; over several visits,
// each of which does what is left.
ExperimentPlan finish(const Observed& seen, ExperimentPlan plan, const std::vector<Trial>& trials, const End& end);

// The plan with a deletion of each trial that nobody waits for any more.
ExperimentPlan with_trials_stopped(ExperimentPlan plan, const std::vector<Trial>& trials);

}  // namespace gyre::experiment
