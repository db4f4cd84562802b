#include "controllers/experiment/search/parzen.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace gyre::experiment::search {
namespace {

// As many of the newest values count in full; older ones less, down to 1/n.
constexpr std::size_t kFullWeights = 25;
constexpr double kPriorWeight = 1;
// Narrow kernels make the search stare at one point; never narrower than the range over so many.
constexpr double kMostKernels = 100;

std::vector<double> age_weights(std::size_t n) {
  std::vector<double> out(n, 1.0);
  if (n <= kFullWeights) return out;
  const std::size_t old = n - kFullWeights;
  const double first = 1.0 / static_cast<double>(n);
  for (std::size_t i = 0; i < old; ++i)
    out[i] = old == 1 ? first : first + (1 - first) * static_cast<double>(i) / static_cast<double>(old - 1);
  return out;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

// The probability between two points, computed in the tail where both are small.
double normal_mass(double low, double high) {
  return low > 0 ? normal_cdf(-low) - normal_cdf(-high) : normal_cdf(high) - normal_cdf(low);
}

void normalise(std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
}

}  // namespace

Parzen::Parzen(const Dimension& dimension, const std::vector<double>& values)
    : dimension_(dimension), range_(scaled_range(dimension)) {
  if (dimension.type == ParameterType::kCategorical) {
    const std::vector<double> ages = age_weights(values.size());
    weights_.assign(dimension.choices.size(), kPriorWeight / static_cast<double>(dimension.choices.size()));
    for (std::size_t i = 0; i < values.size(); ++i) weights_[static_cast<std::size_t>(values[i])] += ages[i];
  } else {
    weights_ = age_weights(values.size());
    weights_.push_back(kPriorWeight);
    add_kernels(values);
  }
  normalise(weights_);
}

void Parzen::add_kernels(const std::vector<double>& values) {
  const double width = range_.high - range_.low;
  for (const double value : values) kernels_.push_back({to_scale(dimension_, value), 0});
  kernels_.push_back({(range_.low + range_.high) / 2, 0});

  std::vector<std::size_t> order(kernels_.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [this](std::size_t i) { return kernels_[i].mean; });
  const double narrowest = width / std::min(kMostKernels, 1.0 + static_cast<double>(kernels_.size()));
  for (std::size_t at = 0; at < order.size(); ++at) {
    Kernel& kernel = kernels_[order[at]];
    const double before = at == 0 ? 0 : kernel.mean - kernels_[order[at - 1]].mean;
    const double after = at + 1 == order.size() ? 0 : kernels_[order[at + 1]].mean - kernel.mean;
    kernel.sigma = std::clamp(std::max(before, after), narrowest, width);
  }
  kernels_.back().sigma = width;  // The prior's.
}

double Parzen::sample(stats::Random& random) const {
  const std::size_t chosen = random.choice(weights_);
  if (dimension_.type == ParameterType::kCategorical) return static_cast<double>(chosen);
  const auto [mean, sigma] = kernels_[chosen];
  const double low = normal_cdf((range_.low - mean) / sigma);
  const double high = normal_cdf((range_.high - mean) / sigma);
  const double p = std::clamp(random.uniform(low, high), 1e-15, 1 - 1e-15);
  const double scaled = mean + sigma * stats::portable_normal_quantile(p);
  return from_scale(dimension_, std::clamp(scaled, range_.low, range_.high));
}

double Parzen::log_density(double value) const {
  if (dimension_.type == ParameterType::kCategorical) return std::log(weights_[static_cast<std::size_t>(value)]);
  const double half = dimension_.step / 2;
  const double at = to_scale(dimension_, value);
  double density = 0;
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    const auto [mean, sigma] = kernels_[i];
    const double kept = normal_mass((range_.low - mean) / sigma, (range_.high - mean) / sigma);
    const double z = (at - mean) / sigma;
    const double here = half > 0 ? normal_mass((to_scale(dimension_, value - half) - mean) / sigma,
                                               (to_scale(dimension_, value + half) - mean) / sigma)
                                 : std::exp(-z * z / 2) / sigma;
    density += weights_[i] * here / kept;
  }
  return std::log(std::max(density, std::numeric_limits<double>::min()));
}

}  // namespace gyre::experiment::search
