#include "dataplane/stats/ks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "dataplane/stats/random.h"
#include "dataplane/stats/tails.h"

namespace gyre::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> result(values.begin(), values.end());
  std::sort(result.begin(), result.end());
  return result;
}

// One distinct value of the pooled rows: how many rows of each side are at most it.
struct Step {
  std::int64_t reference;
  std::int64_t current;
};

std::vector<Step> steps(std::span<const double> reference, std::span<const double> current) {
  const std::vector<double> x = sorted(reference);
  const std::vector<double> y = sorted(current);
  std::vector<Step> result;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < x.size() || j < y.size()) {
    const double value = j == y.size() || (i < x.size() && x[i] <= y[j]) ? x[i] : y[j];
    while (i < x.size() && x[i] == value) ++i;
    while (j < y.size() && y[j] == value) ++j;
    result.push_back({static_cast<std::int64_t>(i), static_cast<std::int64_t>(j)});
  }
  return result;
}

// The share of all orders of the pooled rows whose n m D is at least `least`. A path over the lattice, one step a row;
// only the ends of ties are looked at. It adds up the paths that do reach `least`, so that small p keep their digits
// (Viehmann 2021).
double exact_ks_p(const std::vector<Step>& all, std::int64_t least) {
  const std::int64_t n = all.back().reference;
  const std::int64_t m = all.back().current;
  std::vector<char> is_end(static_cast<std::size_t>(n + m) + 1, 0);
  for (const Step& s : all) is_end[static_cast<std::size_t>(s.reference + s.current)] = 1;
  const auto reaches = [&](std::int64_t i, std::int64_t j) {
    return is_end[static_cast<std::size_t>(i + j)] != 0 && std::abs(i * m - j * n) >= least;
  };
  std::vector<double> share(static_cast<std::size_t>(m) + 1, 0.0);  // Of the paths to (i, j), those that reached it.
  for (std::int64_t i = 0; i <= n; ++i) {
    for (std::int64_t j = 0; j <= m; ++j) {
      const auto at = static_cast<std::size_t>(j);
      if (i + j == 0) continue;
      if (reaches(i, j)) {
        share[at] = 1;
        continue;
      }
      const double came_up = static_cast<double>(i) / static_cast<double>(i + j);
      const double left = j > 0 ? share[at - 1] : 0;
      share[at] = came_up * (i > 0 ? share[at] : 0) + (1 - came_up) * left;
    }
  }
  return std::min(share.back(), 1.0);
}

std::vector<double> kernel_matrix(const std::vector<double>& values, std::size_t dim, double sigma) {
  const std::size_t n = values.size() / dim;
  std::vector<double> kernel(n * n, 1.0);
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = a + 1; b < n; ++b) {
      double square = 0;
      for (std::size_t d = 0; d < dim; ++d) {
        const double gap = values[a * dim + d] - values[b * dim + d];
        square += gap * gap;
      }
      kernel[a * n + b] = kernel[b * n + a] = std::exp(-square / (2 * sigma * sigma));
    }
  }
  return kernel;
}

// `order` lists the points; its first n are the one side.
double mmd_of(const std::vector<double>& kernel, const std::vector<std::size_t>& order, std::size_t n) {
  const std::size_t all = order.size();
  double within_first = 0;
  double within_second = 0;
  double across = 0;
  for (std::size_t a = 0; a < all; ++a) {
    for (std::size_t b = a + 1; b < all; ++b) {
      const double k = kernel[order[a] * all + order[b]];
      (b < n ? within_first : a >= n ? within_second : across) += k;
    }
  }
  const auto x = static_cast<double>(n);
  const auto y = static_cast<double>(all - n);
  return 2 * within_first / (x * (x - 1)) + 2 * within_second / (y * (y - 1)) - 2 * across / (x * y);
}

struct Weighted {
  double value;
  double reference;
  double current;
};

std::vector<Weighted> pooled(const Sample& reference, const Sample& current) {
  std::vector<Weighted> all;
  for (std::size_t i = 0; i < reference.values.size(); ++i)
    all.push_back({reference.values[i], reference.weights.empty() ? 1 : reference.weights[i], 0});
  for (std::size_t i = 0; i < current.values.size(); ++i)
    all.push_back({current.values[i], 0, current.weights.empty() ? 1 : current.weights[i]});
  std::sort(all.begin(), all.end(), [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  return all;
}

}  // namespace

TestResult ks_two_sample(std::span<const double> reference, std::span<const double> current) {
  if (reference.empty() || current.empty()) return {kNan, kNan};
  const std::vector<Step> all = steps(reference, current);
  const auto n = static_cast<std::int64_t>(reference.size());
  const auto m = static_cast<std::int64_t>(current.size());
  std::int64_t most = 0;  // n m D, a whole number.
  for (const Step& s : all) most = std::max(most, std::abs(s.reference * m - s.current * n));
  const double d = static_cast<double>(most) / (static_cast<double>(n) * static_cast<double>(m));
  if (most == 0) return {0, 1};
  if (reference.size() + current.size() <= kExactRows) return {d, exact_ks_p(all, most)};
  const double effective = static_cast<double>(n) / static_cast<double>(n + m) * static_cast<double>(m);
  return {d, kolmogorov_sf(std::sqrt(effective) * d)};
}

TestResult cramer_von_mises_two_sample(std::span<const double> reference, std::span<const double> current) {
  if (reference.empty() || current.empty()) return {kNan, kNan};
  const auto n = static_cast<double>(reference.size());
  const auto m = static_cast<double>(current.size());
  double from_reference = 0;
  double from_current = 0;
  Step before{0, 0};
  for (const Step& s : steps(reference, current)) {
    const double rank = static_cast<double>(before.reference + before.current + s.reference + s.current + 1) / 2;
    for (auto i = before.reference + 1; i <= s.reference; ++i)
      from_reference += std::pow(rank - static_cast<double>(i), 2);
    for (auto j = before.current + 1; j <= s.current; ++j) from_current += std::pow(rank - static_cast<double>(j), 2);
    before = s;
  }
  const double all = n + m;
  const double t = (n * from_reference + m * from_current) / (n * m * all) - (4 * n * m - 1) / (6 * all);
  const double mean = (1 + 1 / all) / 6;
  const double variance =
      (all + 1) * (4 * n * m * all - 3 * (n * n + m * m) - 2 * n * m) / (45 * all * all * 4 * n * m);
  return {t, cramer_von_mises_sf(1.0 / 6 + (t - mean) / std::sqrt(45 * variance))};
}

double wasserstein(const Sample& reference, const Sample& current) {
  const std::vector<Weighted> all = pooled(reference, current);
  double total_reference = 0;
  double total_current = 0;
  for (const Weighted& w : all) {
    total_reference += w.reference;
    total_current += w.current;
  }
  if (!(total_reference > 0) || !(total_current > 0)) return kNan;
  double below_reference = 0;
  double below_current = 0;
  double work = 0;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    below_reference += all[i].reference / total_reference;
    below_current += all[i].current / total_current;
    work += std::fabs(below_reference - below_current) * (all[i + 1].value - all[i].value);
  }
  return work;
}

TestResult mmd_squared(const Points& reference, const Points& current, double sigma, const Permutations& permutations) {
  const std::size_t dim = reference.dim;
  if (dim == 0 || current.dim != dim || !(sigma > 0)) return {kNan, kNan};
  const std::size_t n = reference.values.size() / dim;
  const std::size_t m = current.values.size() / dim;
  if (n < 2 || m < 2) return {kNan, kNan};
  std::vector<double> values(reference.values.begin(), reference.values.begin() + static_cast<std::ptrdiff_t>(n * dim));
  values.insert(values.end(), current.values.begin(), current.values.begin() + static_cast<std::ptrdiff_t>(m * dim));
  const std::vector<double> kernel = kernel_matrix(values, dim, sigma);

  std::vector<std::size_t> order(n + m);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const double observed = mmd_of(kernel, order, n);
  Random random(permutations.seed);
  std::size_t as_large = 1;  // The observed one.
  for (std::size_t i = 0; i < permutations.count; ++i) {
    random.shuffle(order);
    // The same arrangement summed in another order may come out a rounding smaller.
    as_large += mmd_of(kernel, order, n) >= observed - 1e-12 ? 1 : 0;
  }
  return {observed, static_cast<double>(as_large) / static_cast<double>(permutations.count + 1)};
}

TestResult two_proportions_z(const Proportion& first, const Proportion& second) {
  if (!(first.trials > 0) || !(second.trials > 0)) return {kNan, kNan};
  const double pooled_rate = (first.successes + second.successes) / (first.trials + second.trials);
  const double variance = pooled_rate * (1 - pooled_rate) * (1 / first.trials + 1 / second.trials);
  if (!(variance > 0)) return {0, 1};
  const double z = (first.successes / first.trials - second.successes / second.trials) / std::sqrt(variance);
  return {z, 2 * normal_sf(std::fabs(z))};
}

TestResult mcnemar_exact(std::uint64_t only_first, std::uint64_t only_second) {
  const auto fewer = static_cast<double>(std::min(only_first, only_second));
  const double both = static_cast<double>(only_first) + static_cast<double>(only_second);
  return {fewer, std::min(1.0, 2 * binomial_cdf(fewer, both, 0.5))};
}

}  // namespace gyre::stats
