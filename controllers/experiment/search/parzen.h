#pragma once

#include <vector>

#include "controllers/experiment/search/space.h"
#include "dataplane/stats/random.h"

namespace gyre::experiment::search {

// A Parzen estimator of where observed values of one dimension lie, as univariate TPE has it (Bergstra et al. 2011;
// weights, prior and bandwidths as in Watanabe 2023 and Optuna): a truncated normal at each observation, as wide as the
// way to its farther neighbour, and one of the prior over the whole range. Categorical: counts and the prior.
class Parzen {
 public:
  // Values in the order in which their trials ended: with many, the oldest weigh less.
  Parzen(const Dimension& dimension, const std::vector<double>& values);

  // An allowed value of the dimension.
  double sample(stats::Random& random) const;
  double log_density(double value) const;

 private:
  struct Kernel {
    double mean;
    double sigma;
  };
  void add_kernels(const std::vector<double>& values);

  const Dimension& dimension_;
  Interval range_;
  std::vector<double> weights_;  // One a kernel, or one a choice; their sum is 1.
  std::vector<Kernel> kernels_;
};

}  // namespace gyre::experiment::search
