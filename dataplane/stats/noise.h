#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "dataplane/stats/divergence.h"

// What sampling alone does to an effect size: when both sides are drawn from one distribution, how large does it get?
namespace gyre::stats {

// The effects over bins; names as in a DriftMonitor's `methods`.
enum class Method {
  kPsi,             // psi
  kKl,              // kl
  kJs,              // js: distance, base 2
  kHellinger,       // hellinger
  kTotalVariation,  // tvd
  kLinf,            // linf
  kKs,              // ks: binned
  kChiSquared,      // chi2: its effect size is Cramér's V
  kWasserstein,     // w1: over the reference's sigma
};

std::optional<Method> parse_method(std::string_view name);
std::string_view format_method(Method method);
// The effect from which a feature counts as drifted when nobody says otherwise.
double default_threshold(Method method);

struct SampleSizes {
  double reference = 0;  // n, rows
  double current = 0;    // m, rows
  std::size_t bins = 0;  // B, occupied on either side
};

// P(effect >= value) without drift. By n, m and B alone:
//   psi         (1/n + 1/m) χ²(B−1)
//   kl, js², hellinger²   ½, ⅛/ln 2, ⅛ of the same: all are Σ (p−q)²/p to second order
//   chi2        V² = χ²(B−1) / (n + m)
//   tvd         at most ½ √((1/n + 1/m) χ²(B−1)), by Cauchy–Schwarz: errs towards noise
//   linf        normal at p = ½, Bonferroni over the bins: errs towards noise
//   ks          Kolmogorov's limit with √(n m / (n + m)) D: errs towards noise on few bins
// w1 depends on the shape too: NaN here, use w1_noise_p. 1 with fewer than two bins; NaN without rows.
double noise_p(Method method, double value, const SampleSizes& sizes);
// The value that noise exceeds with probability alpha.
double noise_quantile(Method method, const SampleSizes& sizes, double alpha);
double psi_noise_quantile(double n, double m, std::size_t bins, double alpha);

// P(W1 as large as between these two) without drift, from the pooled shape. Without drift W1 is Σ gap |B(F)|, B a
// Brownian bridge: its body is taken as a gamma distribution of the same mean and variance (both known exactly), its
// tail as that of |Σ gap B(F)|, a normal; p is the larger of the two.
double w1_noise_p(Counts reference, Counts current, std::span<const double> positions);

enum class Signal { kNoise, kExceedsNoise };
// Whether noise would reach `value` with probability at most alpha.
Signal exceeds_noise(Method method, double value, const SampleSizes& sizes, double alpha);

// Effect and noise of one feature by one method, from its count vectors.
struct Drift {
  double effect = 0;
  double p = 1;  // P(effect or more) by noise
  bool operator==(const Drift&) const = default;
};

// For the methods that need no order. `reference` and `current` are whole count vectors, special bins included: a jump
// in missing values is a change of the distribution too.
// Nothing for ks and w1, or when either side is empty.
std::optional<Drift> measure_unordered(Method method, Counts reference, Counts current);
// For all methods, over ordered bins with positions (Bins::ordered, Bins::positions).
std::optional<Drift> measure_ordered(Method method, Counts reference, Counts current,
                                     std::span<const double> positions);

}  // namespace gyre::stats
