#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controllers/experiment/observed.h"
#include "controllers/experiment/search/history.h"

namespace gyre::experiment {

// A child TrainingJob as a point of the search.
struct Trial {
  std::shared_ptr<const TrainingJob> job;
  int index = 0;
  search::Outcome outcome = search::Outcome::kRunning;
  std::optional<double> objective;  // Finite; set when it succeeded.
  std::vector<ParameterAssignment> assignments;
};

// The experiment's own trials, by index. A trial that ended without a finite objective has failed.
std::vector<Trial> read_trials(const Observed& seen);

// The best of those that succeeded, the earliest of equals; null when none did.
const Trial* best_trial(const Objective& objective, const std::vector<Trial>& trials);
bool is_goal_reached(const Objective& objective, const Trial& best);

int count(const std::vector<Trial>& trials, search::Outcome outcome);

// What the search may know: trials whose values are no point of the space are left out.
search::History make_history(const Objective& objective, const search::Space& space, const std::vector<Trial>& trials);

// The smallest `wanted` indices that no trial has: a trial that was deleted runs again.
std::vector<int> next_indices(const std::vector<Trial>& trials, int wanted);

// Why a failed trial failed, for people.
std::string failure_of(const Objective& objective, const Trial& trial);

}  // namespace gyre::experiment
