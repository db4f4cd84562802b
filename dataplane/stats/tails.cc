#include "dataplane/stats/tails.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace gyre::stats {
namespace {

namespace bm = boost::math;
namespace bp = boost::math::policies;

using Quiet = bp::policy<bp::domain_error<bp::ignore_error>, bp::pole_error<bp::ignore_error>,
                         bp::overflow_error<bp::ignore_error>, bp::underflow_error<bp::ignore_error>,
                         bp::evaluation_error<bp::ignore_error>, bp::rounding_error<bp::ignore_error>>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool is_probability(double p) { return p > 0 && p < 1; }

}  // namespace

double normal_sf(double z) { return std::erfc(z / std::numbers::sqrt2) / 2; }

double normal_quantile(double p) {
  if (!is_probability(p)) return kNan;
  return bm::quantile(bm::normal_distribution<double, Quiet>(), p);
}

double chi_squared_sf(double x, double dof) {
  if (std::isnan(x)) return kNan;
  if (dof <= 0 || x <= 0) return 1;
  if (std::isinf(x)) return 0;
  return bm::cdf(bm::complement(bm::chi_squared_distribution<double, Quiet>(dof), x));
}

double chi_squared_upper_quantile(double alpha, double dof) {
  if (!is_probability(alpha)) return kNan;
  if (dof <= 0) return 0;
  return bm::quantile(bm::complement(bm::chi_squared_distribution<double, Quiet>(dof), alpha));
}

double gamma_sf(double x, double shape, double scale) {
  if (std::isnan(x) || !(shape > 0) || !(scale > 0)) return kNan;
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  return bm::cdf(bm::complement(bm::gamma_distribution<double, Quiet>(shape, scale), x));
}

double binomial_cdf(double successes, double trials, double probability) {
  if (!(trials >= 0) || !(probability >= 0 && probability <= 1)) return kNan;
  if (successes < 0) return 0;
  if (successes >= trials) return 1;
  return bm::cdf(bm::binomial_distribution<double, Quiet>(trials, probability), successes);
}

double kolmogorov_sf(double lambda) {
  if (std::isnan(lambda)) return kNan;
  if (lambda <= 0.04) return 1;  // 1 - P is under 1e-300 there.
  const double pi = std::numbers::pi;
  double sum = 0;
  if (lambda < 1) {  // The other series of the same theta function: both converge in a few terms on their side.
    for (int k = 1; k <= 9; k += 2) sum += std::exp(-k * k * pi * pi / (8 * lambda * lambda));
    return 1 - std::sqrt(2 * pi) / lambda * sum;
  }
  for (int k = 1; k <= 9; ++k) sum += (k % 2 == 1 ? 1 : -1) * std::exp(-2.0 * k * k * lambda * lambda);
  return 2 * sum;
}

double kolmogorov_upper_quantile(double alpha) {
  if (!is_probability(alpha)) return kNan;
  double low = 0.04;
  double high = 1 + std::sqrt(-std::log(alpha / 2) / 2);
  for (int i = 0; i < 100 && low < high; ++i) {
    const double middle = (low + high) / 2;
    (kolmogorov_sf(middle) > alpha ? low : high) = middle;
  }
  return (low + high) / 2;
}

double cramer_von_mises_sf(double x) {
  if (std::isnan(x)) return kNan;
  if (x < 0.003) return 1;  // P(T < 0.003) is under 1e-16.
  double cdf = 0;
  for (int k = 0; k < 100; ++k) {
    const double y = 4.0 * k + 1;
    const double q = y * y / (16 * x);
    const double weight = std::exp(std::lgamma(k + 0.5) - std::lgamma(k + 1.0));
    const double term = weight * std::sqrt(y) * std::exp(-q) * bm::cyl_bessel_k(0.25, q, Quiet()) /
                        (std::pow(std::numbers::pi, 1.5) * std::sqrt(x));
    cdf += term;
    if (term < 1e-17) break;
  }
  return cdf < 1 ? 1 - cdf : 0;
}

}  // namespace gyre::stats
