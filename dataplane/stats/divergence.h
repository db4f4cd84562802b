#pragma once

#include <cstddef>
#include <span>
#include <vector>

// How far apart two count vectors over the same bins are. Every function takes counts (or probabilities: both sides
// are normalised first) of equal length, reference first. All are 0 for equal distributions. When either side holds
// nothing, or the lengths differ, the answer is NaN: ask for rows first.
namespace gyre::stats {

using Counts = std::span<const double>;

// What PSI and KL put in a bin that is empty on one side only (in rows; the side is then renormalised): half a row,
// the least that the data cannot exclude. Bins empty on both sides are dropped, and with no such bin nothing is
// filled, so counts without zeros give the textbook value. For probabilities, pass a pseudo-count of their scale.
inline constexpr double kPseudoCount = 0.5;

double psi(Counts reference, Counts current, double pseudo_count = kPseudoCount);  // Σ (p − q) ln(p / q)
double kl(Counts reference, Counts current, double pseudo_count = kPseudoCount);   // Σ p ln(p / q), in nats

// Jensen–Shannon divergence in bits, and its square root, the distance, a metric from 0 to 1. Others (SciPy's default
// among them) use ln: their distance is ours times √ln 2. Never needs a fill; disjoint distributions give 1.
double js_divergence(Counts reference, Counts current);
double js_distance(Counts reference, Counts current);
double js_distance_ln(Counts reference, Counts current);

double hellinger(Counts reference, Counts current);        // √(1 − Σ √(p q)), 0 to 1
double total_variation(Counts reference, Counts current);  // ½ Σ |p − q|, 0 to 1
double linf(Counts reference, Counts current);             // max |p − q|

// The following take the bins to be in order, lowest first (Bins::ordered).
double ks_binned(Counts reference, Counts current);  // max |F − G| at the bins' edges: at most the D of the rows
// Wasserstein-1 with each bin's mass at its position (Bins::positions), in the feature's unit.
double w1_binned(Counts reference, Counts current, std::span<const double> positions);
// The same over the reference's (population) standard deviation: no unit, comparable between features. A constant
// reference gives 0 when the current rows are the same constant, infinity otherwise.
double w1_over_sigma(Counts reference, Counts current, std::span<const double> positions);
// Cramér–von Mises T = n m / N² Σ t (F − G)², where t is the mean of the pooled counts on either side of each edge
// (so that turning the axis round changes nothing). Counts only, not probabilities.
double cramer_von_mises_binned(Counts reference, Counts current);

struct ChiSquared {
  double statistic = 0;
  double dof = 0;
  double p = 1;
  bool operator==(const ChiSquared&) const = default;
};
// χ² of homogeneity on the 2 × B contingency table: both sides are samples, unlike in goodness of fit. No Yates
// correction; bins empty on both sides are dropped. With one bin left: 0, 0 degrees of freedom, p 1. Counts only.
ChiSquared chi_squared(Counts reference, Counts current);
double cramers_v(Counts reference, Counts current);  // √(χ² / N), 0 to 1 for two rows

// Bins that hold something on either side.
std::size_t occupied_bins(Counts reference, Counts current);

// Two histograms over different edges, brought to the union of their edges; a count spreads evenly over its bin.
struct Histogram {
  std::vector<double> edges;   // Increasing, one more than counts.
  std::vector<double> counts;  // Bin i is [edges[i], edges[i + 1]).
};
struct CommonBins {
  std::vector<double> edges;
  std::vector<double> reference;
  std::vector<double> current;
};
CommonBins common_bins(const Histogram& reference, const Histogram& current);

}  // namespace gyre::stats
