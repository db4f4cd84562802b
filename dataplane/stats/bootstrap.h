#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/stats/metrics.h"

// Is the challenger better than the champion on the same rows, beyond the luck of these rows?
namespace gyre::stats {

struct BootstrapOptions {
  std::size_t resamples = 2000;
  std::uint64_t seed = 0;
  double confidence = 0.95;  // Of the two-sided percentile interval.
};

struct PairedRows {
  Column truth;
  Column challenger;  // Predictions (scores or probabilities for auc and log_loss).
  Column champion;
};

// All differences are improvements: challenger less champion where higher is better, the reverse where lower is.
struct Comparison {
  double challenger = 0;  // The metric itself, on all rows.
  double champion = 0;
  double improvement = 0;
  double ci_low = 0;
  double ci_high = 0;
  double p = 1;  // One-sided, for "no improvement": (1 + resamples without one) / (1 + resamples).
  bool operator==(const Comparison&) const = default;
};

// Resamples rows with replacement, truth and both predictions together. Deterministic: a resample is Random(seed, i).
// A resample on which the metric is not defined (one class drawn, for auc) is left out. Nothing when there are no
// rows, the columns differ in length, confidence is not between 0 and 1, the metric is not defined on all rows, or on
// most resamples.
std::optional<Comparison> paired_bootstrap(const PairedRows& rows, const Metric& metric,
                                           const BootstrapOptions& options);

enum class Superiority {
  kSuperior,      // The whole interval is above 0.
  kNonInferior,   // The interval stays at or above -margin.
  kInferior,      // The whole interval is below 0, and it passes -margin.
  kInconclusive,  // The rows do not tell: more are needed.
};
// `margin` >= 0, in the metric's unit: the loss that would be accepted.
Superiority judge(const Comparison& comparison, double margin);

}  // namespace gyre::stats
