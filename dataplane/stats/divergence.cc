#include "dataplane/stats/divergence.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "dataplane/stats/tails.h"

namespace gyre::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double total(Counts counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

bool comparable(Counts reference, Counts current) {
  return reference.size() == current.size() && total(reference) > 0 && total(current) > 0;
}

// Σ over the bins of f(p, q). Bins empty on both sides must contribute 0.
template <class F>
double sum_over_bins(Counts reference, Counts current, F f) {
  if (!comparable(reference, current)) return kNan;
  const double n = total(reference);
  const double m = total(current);
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) sum += f(reference[i] / n, current[i] / m);
  return sum;
}

struct Filled {
  std::vector<double> reference;
  std::vector<double> current;
};

Filled fill_one_sided(Counts reference, Counts current, double pseudo_count) {
  Filled filled;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == 0 && current[i] == 0) continue;
    filled.reference.push_back(reference[i] > 0 ? reference[i] : pseudo_count);
    filled.current.push_back(current[i] > 0 ? current[i] : pseudo_count);
  }
  return filled;
}

template <class F>
double sum_over_filled(Counts reference, Counts current, double pseudo_count, F f) {
  if (!comparable(reference, current)) return kNan;
  const Filled filled = fill_one_sided(reference, current, pseudo_count);
  return sum_over_bins(filled.reference, filled.current, f);
}

// x ln(x / y), 0 at x = 0.
double relative(double x, double y) { return x > 0 ? x * std::log(x / y) : 0; }

double js_nats(Counts reference, Counts current) {
  const double sum = sum_over_bins(reference, current, [](double p, double q) {
    const double m = (p + q) / 2;
    return (relative(p, m) + relative(q, m)) / 2;
  });
  return std::isnan(sum) ? sum : std::clamp(sum, 0.0, std::numbers::ln2);  // Rounding may leave the range.
}

// Calls f(i, F − G) after each bin but the last.
template <class F>
void for_each_edge(Counts reference, Counts current, F f) {
  const double n = total(reference);
  const double m = total(current);
  double below_reference = 0;
  double below_current = 0;
  for (std::size_t i = 0; i + 1 < reference.size(); ++i) {
    below_reference += reference[i];
    below_current += current[i];
    f(i, below_reference / n - below_current / m);
  }
}

double standard_deviation(Counts counts, std::span<const double> positions) {
  const double n = total(counts);
  double mean = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) mean += counts[i] / n * positions[i];
  double variance = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    variance += counts[i] / n * (positions[i] - mean) * (positions[i] - mean);
  return std::sqrt(variance);
}

std::vector<double> rebin(const Histogram& from, const std::vector<double>& edges) {
  std::vector<double> counts(edges.empty() ? 0 : edges.size() - 1, 0.0);
  for (std::size_t i = 0; i < from.counts.size(); ++i) {
    const double low = from.edges[i];
    const double width = from.edges[i + 1] - low;
    auto edge = std::lower_bound(edges.begin(), edges.end(), low);
    for (; edge + 1 != edges.end() && *edge < from.edges[i + 1]; ++edge)
      counts[static_cast<std::size_t>(edge - edges.begin())] += from.counts[i] * (*(edge + 1) - *edge) / width;
  }
  return counts;
}

}  // namespace

double psi(Counts reference, Counts current, double pseudo_count) {
  return sum_over_filled(reference, current, pseudo_count,
                         [](double p, double q) { return (p - q) * std::log(p / q); });
}

double kl(Counts reference, Counts current, double pseudo_count) {
  const double sum = sum_over_filled(reference, current, pseudo_count, relative);
  return sum < 0 ? 0 : sum;  // Rounding; NaN stays.
}

double js_divergence(Counts reference, Counts current) { return js_nats(reference, current) / std::numbers::ln2; }
double js_distance(Counts reference, Counts current) { return std::sqrt(js_divergence(reference, current)); }
double js_distance_ln(Counts reference, Counts current) { return std::sqrt(js_nats(reference, current)); }

double hellinger(Counts reference, Counts current) {
  // ½ Σ (√p − √q)² is 1 − Σ √(p q) without its cancellation.
  const double sum = sum_over_bins(reference, current, [](double p, double q) {
    const double difference = std::sqrt(p) - std::sqrt(q);
    return difference * difference / 2;
  });
  return std::sqrt(sum);
}

double total_variation(Counts reference, Counts current) {
  return sum_over_bins(reference, current, [](double p, double q) { return std::fabs(p - q) / 2; });
}

double linf(Counts reference, Counts current) {
  double most = 0;
  const double sum = sum_over_bins(reference, current, [&most](double p, double q) {
    most = std::max(most, std::fabs(p - q));
    return 0.0;
  });
  return std::isnan(sum) ? sum : most;
}

double ks_binned(Counts reference, Counts current) {
  if (!comparable(reference, current)) return kNan;
  double most = 0;
  for_each_edge(reference, current, [&most](std::size_t, double gap) { most = std::max(most, std::fabs(gap)); });
  return most;
}

double w1_binned(Counts reference, Counts current, std::span<const double> positions) {
  if (!comparable(reference, current) || positions.size() != reference.size()) return kNan;
  double work = 0;
  for_each_edge(reference, current,
                [&](std::size_t i, double gap) { work += std::fabs(gap) * (positions[i + 1] - positions[i]); });
  return work;
}

double w1_over_sigma(Counts reference, Counts current, std::span<const double> positions) {
  const double distance = w1_binned(reference, current, positions);
  if (std::isnan(distance) || distance == 0) return distance;
  return distance / standard_deviation(reference, positions);
}

double cramer_von_mises_binned(Counts reference, Counts current) {
  if (!comparable(reference, current)) return kNan;
  double sum = 0;
  for_each_edge(reference, current, [&](std::size_t i, double gap) {
    sum += (reference[i] + current[i] + reference[i + 1] + current[i + 1]) / 2 * gap * gap;
  });
  const double n = total(reference);
  const double m = total(current);
  return sum * (n / (n + m)) * (m / (n + m));
}

ChiSquared chi_squared(Counts reference, Counts current) {
  if (!comparable(reference, current)) return {kNan, kNan, kNan};
  const double n = total(reference);
  const double m = total(current);
  ChiSquared result{0, static_cast<double>(occupied_bins(reference, current)) - 1, 1};
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double column = reference[i] + current[i];
    if (column == 0) continue;
    // Both rows of a column miss their expectation by the same amount.
    const double expected = column / (n + m) * n;
    const double miss = reference[i] - expected;
    result.statistic += miss * miss * (1 / expected + 1 / (column - expected));
  }
  result.p = chi_squared_sf(result.statistic, result.dof);
  return result;
}

double cramers_v(Counts reference, Counts current) {
  const ChiSquared test = chi_squared(reference, current);
  return std::sqrt(test.statistic / (total(reference) + total(current)));
}

std::size_t occupied_bins(Counts reference, Counts current) {
  std::size_t occupied = 0;
  for (std::size_t i = 0; i < std::min(reference.size(), current.size()); ++i)
    occupied += reference[i] > 0 || current[i] > 0 ? 1 : 0;
  return occupied;
}

CommonBins common_bins(const Histogram& reference, const Histogram& current) {
  CommonBins common;
  std::set_union(reference.edges.begin(), reference.edges.end(), current.edges.begin(), current.edges.end(),
                 std::back_inserter(common.edges));
  common.reference = rebin(reference, common.edges);
  common.current = rebin(current, common.edges);
  return common;
}

}  // namespace gyre::stats
