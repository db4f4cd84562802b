#include "dataplane/stats/sequential.h"

#include <algorithm>
#include <cmath>

#include "dataplane/stats/tails.h"

namespace gyre::stats {
namespace {

double rate(const Requests& requests) {
  return requests.total > 0 ? static_cast<double>(requests.errors) / static_cast<double>(requests.total) : 0;
}

double variance_of_rate(const Requests& requests) {
  const double trials = static_cast<double>(requests.total) + 2;
  const double share = (static_cast<double>(requests.errors) + 1) / trials;
  return share * (1 - share) / trials;
}

double bernoulli_variance(double share) {
  const double held = std::clamp(share, 0.0, 1.0);
  return held * (1 - held);
}

// Were the canary worse by just the margin: what the variance of the difference would be, the overall rate being what
// it is.
double variance_at_margin(const Requests& canary, const Requests& stable, double margin) {
  const auto n = static_cast<double>(canary.total);
  const auto m = static_cast<double>(stable.total);
  const double overall = static_cast<double>(canary.errors + stable.errors) / (n + m);
  return bernoulli_variance(overall + margin * m / (n + m)) / n +
         bernoulli_variance(overall - margin * n / (n + m)) / m;
}

// A canary lucky so far shows a low rate and a low variance at once; the larger of the two estimates guards the pass.
double variance_of_difference(const Requests& canary, const Requests& stable, double margin) {
  return std::max(variance_of_rate(canary) + variance_of_rate(stable), variance_at_margin(canary, stable, margin));
}

bool is_enough(const Requests& canary, const Requests& stable, const CanaryOptions& options) {
  const std::uint64_t least = std::max<std::uint64_t>(options.min_requests, 1);
  return canary.total >= least && stable.total >= least;
}

CanaryVerdict verdict_of(double p_worse, double p_fine, double alpha) {
  if (p_worse <= alpha) return CanaryVerdict::kFail;
  return p_fine <= alpha ? CanaryVerdict::kPass : CanaryVerdict::kInconclusive;
}

// 1 / likelihood ratio of "the mean is excess > 0, half normal with deviation tau" against 0, for one observation
// `excess` with `variance`.
double inverse_mixture_ratio(double excess, double variance, double tau) {
  const double both = variance + tau * tau;
  const double log_ratio = std::log(2.0) + 0.5 * std::log(variance / both) +
                           tau * tau * excess * excess / (2 * variance * both) +
                           std::log(normal_sf(-tau * excess / std::sqrt(variance * both)));
  return std::min(1.0, std::exp(-log_ratio));
}

}  // namespace

CanaryResult compare_error_rates(const Requests& canary, const Requests& stable, const CanaryOptions& options) {
  CanaryResult result;
  if (canary.total == 0 || stable.total == 0) return result;
  result.difference = rate(canary) - rate(stable);
  const double deviation = std::sqrt(variance_of_difference(canary, stable, options.margin));
  const double z = (result.difference - options.margin) / deviation;
  result.p_worse = normal_sf(z);
  result.p_fine = normal_sf(-z);
  if (is_enough(canary, stable, options)) result.verdict = verdict_of(result.p_worse, result.p_fine, options.alpha);
  return result;
}

CanaryResult compare_error_rates_sequentially(const Requests& canary, const Requests& stable,
                                              const CanaryOptions& options, const CanaryResult& previous) {
  CanaryResult result = previous;
  if (canary.total == 0 || stable.total == 0) return result;
  result.difference = rate(canary) - rate(stable);
  if (!is_enough(canary, stable, options)) return result;
  const double variance = variance_of_difference(canary, stable, options.margin);
  const double excess = result.difference - options.margin;
  const double tau = options.typical_difference;
  result.p_worse = std::min(previous.p_worse, inverse_mixture_ratio(excess, variance, tau));
  result.p_fine = std::min(previous.p_fine, inverse_mixture_ratio(-excess, variance, tau));
  result.verdict = verdict_of(result.p_worse, result.p_fine, options.alpha);
  return result;
}

}  // namespace gyre::stats
