#pragma once

#include <cstdint>

#include "controllers/experiment/search/history.h"

namespace gyre::experiment::search {

struct TpeSettings {
  int startup_trials = 10;  // So many successes come from random search.
  int candidates = 24;
  double gamma = 0.1;  // The share of successes that counts as good; at most 25 of them.
  bool operator==(const TpeSettings&) const = default;
};

// The Tree-structured Parzen Estimator, each dimension on its own: Bergstra, Bardenet, Bengio, Kégl, "Algorithms for
// Hyper-Parameter Optimization", NIPS 2011; the details are those of Watanabe, "Tree-Structured Parzen Estimator",
// arXiv:2304.11127, and of Optuna's univariate sampler. Of values drawn where good trials lie (l), the one is taken
// that maximises l/g, g being where the others lie. Running trials count among the others (a constant liar), so that
// parallel asks differ, and so do failed ones. Depends on nothing but its arguments.
Point suggest_tpe(const Space& space, const TpeSettings& settings, std::int64_t seed, int index,
                  const History& history);

}  // namespace gyre::experiment::search
