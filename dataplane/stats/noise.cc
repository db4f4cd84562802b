#include "dataplane/stats/noise.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "dataplane/stats/tails.h"

namespace gyre::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Named {
  Method method;
  std::string_view name;
  double threshold;
};
constexpr std::array<Named, 9> kMethods = {{
    {Method::kPsi, "psi", 0.2},
    {Method::kKl, "kl", 0.1},
    {Method::kJs, "js", 0.1},
    {Method::kHellinger, "hellinger", 0.1},
    {Method::kTotalVariation, "tvd", 0.1},
    {Method::kLinf, "linf", 0.1},
    {Method::kKs, "ks", 0.1},
    {Method::kChiSquared, "chi2", 0.1},
    {Method::kWasserstein, "w1", 0.1},
}};

double spread(const SampleSizes& sizes) { return 1 / sizes.reference + 1 / sizes.current; }

// The χ²(B−1) value that an effect of the Σ (p−q)²/p family amounts to, over its square or itself.
enum class Power { kLinear, kSquare };
struct Scale {
  double factor;  // χ² = factor · value^power
  Power power;
};

std::optional<Scale> chi_squared_scale(Method method, const SampleSizes& sizes) {
  const double s = spread(sizes);
  switch (method) {
    case Method::kPsi:
      return Scale{1 / s, Power::kLinear};
    case Method::kKl:
      return Scale{2 / s, Power::kLinear};
    case Method::kJs:
      return Scale{8 * std::numbers::ln2 / s, Power::kSquare};
    case Method::kHellinger:
      return Scale{8 / s, Power::kSquare};
    case Method::kTotalVariation:
      return Scale{4 / s, Power::kSquare};
    case Method::kChiSquared:
      return Scale{sizes.reference + sizes.current, Power::kSquare};
    case Method::kLinf:
    case Method::kKs:
    case Method::kWasserstein:
      return std::nullopt;
  }
  return std::nullopt;
}

bool has_rows(const SampleSizes& sizes) { return sizes.reference > 0 && sizes.current > 0; }

double rows(Counts counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

double effect_of(Method method, Counts reference, Counts current, std::span<const double> positions) {
  switch (method) {
    case Method::kPsi:
      return psi(reference, current);
    case Method::kKl:
      return kl(reference, current);
    case Method::kJs:
      return js_distance(reference, current);
    case Method::kHellinger:
      return hellinger(reference, current);
    case Method::kTotalVariation:
      return total_variation(reference, current);
    case Method::kLinf:
      return linf(reference, current);
    case Method::kKs:
      return ks_binned(reference, current);
    case Method::kChiSquared:
      return cramers_v(reference, current);
    case Method::kWasserstein:
      return w1_over_sigma(reference, current, positions);
  }
  return kNan;
}

// E|X||Y| for standard normals with correlation r.
double mean_absolute_product(double r) {
  r = std::fmin(r, 1);
  return 2 / std::numbers::pi * (std::sqrt(1 - r * r) + r * std::asin(r));
}

struct Moments {
  double mean = 0;             // Of Σ gap |B(F)| over the edges, B a Brownian bridge.
  double variance = 0;         // Of the same.
  double signed_variance = 0;  // Of Σ gap B(F).
};

Moments bridge_moments(const std::vector<double>& below, std::span<const double> positions) {
  std::vector<double> weight(below.size());
  for (std::size_t i = 0; i < below.size(); ++i)
    weight[i] = (positions[i + 1] - positions[i]) * std::sqrt(below[i] * (1 - below[i]));
  Moments moments;
  double square = 0;
  for (std::size_t i = 0; i < below.size(); ++i) {
    if (weight[i] == 0) continue;
    moments.mean += weight[i] * std::sqrt(2 / std::numbers::pi);
    square += weight[i] * weight[i];
    moments.signed_variance += weight[i] * weight[i];
    for (std::size_t j = i + 1; j < below.size(); ++j) {
      if (weight[j] == 0) continue;
      const double r = std::sqrt(below[i] * (1 - below[j]) / (below[j] * (1 - below[i])));
      square += 2 * weight[i] * weight[j] * mean_absolute_product(r);
      moments.signed_variance += 2 * weight[i] * weight[j] * r;
    }
  }
  moments.variance = square - moments.mean * moments.mean;
  return moments;
}

// The pooled distribution function after each bin but the last; exactly 1 after the last occupied one.
std::vector<double> pooled_below(Counts reference, Counts current) {
  const double all = rows(reference) + rows(current);
  std::vector<double> below;
  double sum = 0;
  for (std::size_t i = 0; i + 1 < reference.size(); ++i) {
    sum += reference[i] + current[i];
    below.push_back(std::fmin(sum / all, 1));
  }
  return below;
}

}  // namespace

std::optional<Method> parse_method(std::string_view name) {
  for (const Named& known : kMethods)
    if (known.name == name) return known.method;
  return std::nullopt;
}

std::string_view format_method(Method method) {
  for (const Named& known : kMethods)
    if (known.method == method) return known.name;
  return "";
}

double default_threshold(Method method) {
  for (const Named& known : kMethods)
    if (known.method == method) return known.threshold;
  return kNan;
}

double noise_p(Method method, double value, const SampleSizes& sizes) {
  if (!has_rows(sizes) || std::isnan(value) || method == Method::kWasserstein) return kNan;
  if (sizes.bins < 2 || value <= 0) return 1;
  const double bins = static_cast<double>(sizes.bins);
  if (const auto scale = chi_squared_scale(method, sizes)) {
    const double powered = scale->power == Power::kSquare ? value * value : value;
    return chi_squared_sf(scale->factor * powered, bins - 1);
  }
  if (method == Method::kKs) return kolmogorov_sf(value / std::sqrt(spread(sizes)));
  return std::fmin(1, 2 * bins * normal_sf(2 * value / std::sqrt(spread(sizes))));
}

double noise_quantile(Method method, const SampleSizes& sizes, double alpha) {
  if (!has_rows(sizes) || method == Method::kWasserstein) return kNan;
  if (sizes.bins < 2) return 0;
  const double bins = static_cast<double>(sizes.bins);
  if (const auto scale = chi_squared_scale(method, sizes)) {
    const double scaled = chi_squared_upper_quantile(alpha, bins - 1) / scale->factor;
    return scale->power == Power::kSquare ? std::sqrt(scaled) : scaled;
  }
  if (method == Method::kKs) return kolmogorov_upper_quantile(alpha) * std::sqrt(spread(sizes));
  return -normal_quantile(alpha / (2 * bins)) / 2 * std::sqrt(spread(sizes));
}

double psi_noise_quantile(double n, double m, std::size_t bins, double alpha) {
  return noise_quantile(Method::kPsi, {n, m, bins}, alpha);
}

double w1_noise_p(Counts reference, Counts current, std::span<const double> positions) {
  if (reference.size() != current.size() || positions.size() != reference.size()) return kNan;
  const SampleSizes sizes{rows(reference), rows(current), occupied_bins(reference, current)};
  if (!has_rows(sizes)) return kNan;
  const double distance = w1_binned(reference, current, positions);
  if (distance == 0) return 1;
  const Moments moments = bridge_moments(pooled_below(reference, current), positions);
  if (!(moments.mean > 0) || !(moments.variance > 0)) return 1;  // All mass at one position.
  const double standard = distance / std::sqrt(spread(sizes));
  const double body =
      gamma_sf(standard, moments.mean * moments.mean / moments.variance, moments.variance / moments.mean);
  // Far out the bridge keeps one sign, where Σ gap |B| is |Σ gap B|: normal, and a bound from below everywhere.
  const double tail = 2 * normal_sf(standard / std::sqrt(moments.signed_variance));
  return std::fmax(body, tail);
}

Signal exceeds_noise(Method method, double value, const SampleSizes& sizes, double alpha) {
  return noise_p(method, value, sizes) <= alpha ? Signal::kExceedsNoise : Signal::kNoise;
}

std::optional<Drift> measure_unordered(Method method, Counts reference, Counts current) {
  if (method == Method::kKs || method == Method::kWasserstein) return std::nullopt;
  return measure_ordered(method, reference, current, {});
}

std::optional<Drift> measure_ordered(Method method, Counts reference, Counts current,
                                     std::span<const double> positions) {
  const SampleSizes sizes{rows(reference), rows(current), occupied_bins(reference, current)};
  if (!has_rows(sizes) || reference.size() != current.size()) return std::nullopt;
  const double effect = effect_of(method, reference, current, positions);
  if (std::isnan(effect)) return std::nullopt;
  const double p =
      method == Method::kWasserstein ? w1_noise_p(reference, current, positions) : noise_p(method, effect, sizes);
  return Drift{effect, p};
}

}  // namespace gyre::stats
