#include "dataplane/stats/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "dataplane/stats/random.h"

namespace gyre::stats {
namespace {

double improvement(double challenger, double champion, Better better) {
  return better == Better::kHigher ? challenger - champion : champion - challenger;
}

// Between the two nearest order statistics, as R's type 7 and NumPy.
double quantile(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<double> resampled_improvements(const PairedRows& rows, const Metric& metric,
                                           const BootstrapOptions& options) {
  const std::size_t n = rows.truth.size();
  std::vector<double> truth(n);
  std::vector<double> challenger(n);
  std::vector<double> champion(n);
  std::vector<double> result;
  result.reserve(options.resamples);
  for (std::size_t sample = 0; sample < options.resamples; ++sample) {
    Random random(options.seed, sample);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t row = random.below(n);
      truth[i] = rows.truth[row];
      challenger[i] = rows.challenger[row];
      champion[i] = rows.champion[row];
    }
    const double gain = improvement(metric.of(truth, challenger), metric.of(truth, champion), metric.better);
    if (!std::isnan(gain)) result.push_back(gain);
  }
  std::sort(result.begin(), result.end());
  return result;
}

bool is_usable(const PairedRows& rows, const BootstrapOptions& options) {
  return !rows.truth.empty() && rows.challenger.size() == rows.truth.size() &&
         rows.champion.size() == rows.truth.size() && options.resamples > 0 && options.confidence > 0 &&
         options.confidence < 1;
}

}  // namespace

std::optional<Comparison> paired_bootstrap(const PairedRows& rows, const Metric& metric,
                                           const BootstrapOptions& options) {
  if (!is_usable(rows, options)) return std::nullopt;
  Comparison result;
  result.challenger = metric.of(rows.truth, rows.challenger);
  result.champion = metric.of(rows.truth, rows.champion);
  result.improvement = improvement(result.challenger, result.champion, metric.better);
  if (std::isnan(result.improvement)) return std::nullopt;

  const std::vector<double> gains = resampled_improvements(rows, metric, options);
  if (gains.size() * 2 <= options.resamples) return std::nullopt;
  const double tail = (1 - options.confidence) / 2;
  result.ci_low = quantile(gains, tail);
  result.ci_high = quantile(gains, 1 - tail);
  const auto without = std::upper_bound(gains.begin(), gains.end(), 0.0) - gains.begin();
  result.p = static_cast<double>(without + 1) / static_cast<double>(gains.size() + 1);
  return result;
}

Superiority judge(const Comparison& comparison, double margin) {
  if (comparison.ci_low > 0) return Superiority::kSuperior;
  if (comparison.ci_low >= -margin) return Superiority::kNonInferior;
  if (comparison.ci_high < 0) return Superiority::kInferior;
  return Superiority::kInconclusive;
}

}  // namespace gyre::stats
