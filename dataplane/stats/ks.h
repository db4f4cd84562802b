#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

// Tests on rows rather than bins. Arguments are unsorted and must be free of NaN; the answer is NaN when a side is
// empty.
namespace gyre::stats {

struct TestResult {
  double statistic = 0;
  double p = 1;
  bool operator==(const TestResult&) const = default;
};

// Two-sample Kolmogorov–Smirnov, two-sided. Up to kExactRows rows together, p counts every arrangement of the pooled
// rows exactly (ties included: SciPy ignores them, R does not); above, Kolmogorov's limit.
inline constexpr std::size_t kExactRows = 10'000;
TestResult ks_two_sample(std::span<const double> reference, std::span<const double> current);

// Two-sample Cramér–von Mises (Anderson 1962): T with midranks, p from the limit distribution after matching mean and
// variance, as SciPy's "asymptotic".
TestResult cramer_von_mises_two_sample(std::span<const double> reference, std::span<const double> current);

// Wasserstein-1 between rows; weights are positive and as long as their values, or empty for equal weights.
struct Sample {
  std::span<const double> values;
  std::span<const double> weights = {};
};
double wasserstein(const Sample& reference, const Sample& current);

// Points of `dim` coordinates each, one after the other.
struct Points {
  std::span<const double> values;
  std::size_t dim = 1;
};
// Unbiased MMD² with the kernel exp(−|x − y|² / (2 σ²)); may be negative. At least two points a side. p by
// permutation, the observed arrangement counted; with 0 permutations p is 1. Quadratic in the points, in time and
// memory.
struct Permutations {
  std::size_t count = 0;
  std::uint64_t seed = 0;
};
TestResult mmd_squared(const Points& reference, const Points& current, double sigma,
                       const Permutations& permutations = {});

// Two proportions, pooled z, two-sided. z is positive when the first is greater. p 1 when all or none succeed.
struct Proportion {
  double successes = 0;
  double trials = 0;
};
TestResult two_proportions_z(const Proportion& first, const Proportion& second);

// McNemar's exact test on paired outcomes: how often only the one was right, and only the other. The statistic is the
// smaller of the two.
TestResult mcnemar_exact(std::uint64_t only_first, std::uint64_t only_second);

}  // namespace gyre::stats
