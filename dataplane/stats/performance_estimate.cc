#include "dataplane/stats/performance_estimate.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

namespace gyre::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double expected_auroc(std::span<const double> probability) {
  std::vector<double> sorted(probability.begin(), probability.end());
  std::sort(sorted.begin(), sorted.end());
  double positives = 0;
  double negatives = 0;
  double area = 0;
  for (std::size_t begin = 0; begin < sorted.size();) {
    // Rows of equal score are ties: each pair of them counts half.
    const std::size_t end =
        static_cast<std::size_t>(std::upper_bound(sorted.begin(), sorted.end(), sorted[begin]) - sorted.begin());
    const double tied_positives = static_cast<double>(end - begin) * sorted[begin];
    const double tied_negatives = static_cast<double>(end - begin) * (1 - sorted[begin]);
    area += tied_positives * (negatives + tied_negatives / 2);
    positives += tied_positives;
    negatives += tied_negatives;
    begin = end;
  }
  return positives > 0 && negatives > 0 ? area / (positives * negatives) : kNan;
}

}  // namespace

ExpectedPerformance expected_performance(std::span<const double> probability, double threshold) {
  const bool has_nan = std::any_of(probability.begin(), probability.end(), [](double p) { return p != p; });
  if (probability.empty() || has_nan) return {kNan, kNan, kNan};
  double hits = 0;
  double false_alarms = 0;
  double misses = 0;
  double right_negatives = 0;
  for (double p : probability) {
    (p >= threshold ? hits : misses) += p;
    (p >= threshold ? false_alarms : right_negatives) += 1 - p;
  }
  const double denominator = 2 * hits + false_alarms + misses;
  return {(hits + right_negatives) / static_cast<double>(probability.size()),
          denominator > 0 ? 2 * hits / denominator : 0, expected_auroc(probability)};
}

double expected_accuracy(std::span<const double> top_probability) {
  if (top_probability.empty()) return kNan;
  return std::accumulate(top_probability.begin(), top_probability.end(), 0.0) /
         static_cast<double>(top_probability.size());
}

}  // namespace gyre::stats
