#pragma once

#include <span>

// How well a classifier probably does, from its own probabilities, before any label is known: confidence-based
// performance estimation (CBPE). Right only as far as the probabilities are calibrated, and blind to concept drift:
// to be shown as an estimate. NaN without rows.
namespace gyre::stats {

struct ExpectedPerformance {
  double accuracy = 0;
  double f1 = 0;     // 0 when no row is expected to be positive or said to be.
  double auroc = 0;  // NaN when all rows are certain to be of one class.
};

// `probability` of class 1, one a row; a row counts as predicted 1 from `threshold` on. Each row enters the confusion
// matrix by its expectation.
ExpectedPerformance expected_performance(std::span<const double> probability, double threshold = 0.5);

// For many classes: the probability of the predicted class, one a row.
double expected_accuracy(std::span<const double> top_probability);

}  // namespace gyre::stats
