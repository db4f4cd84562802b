#pragma once

// Tail probabilities and quantiles, by Boost.Math, behind one door: they never throw, and answer NaN for arguments
// outside their domain.
namespace gyre::stats {

double normal_sf(double z);                                                // P(Z > z)
double normal_quantile(double p);                                          // 0 < p < 1
double chi_squared_sf(double x, double dof);                               // P(X > x); 1 when dof <= 0 or x <= 0
double chi_squared_upper_quantile(double alpha, double dof);               // x with P(X > x) = alpha; 0 when dof <= 0
double gamma_sf(double x, double shape, double scale);                     // P(X > x); 1 when x <= 0
double binomial_cdf(double successes, double trials, double probability);  // P(X <= successes)

// Kolmogorov's limit distribution: P(K > lambda), where K = sqrt(n m / (n + m)) D.
double kolmogorov_sf(double lambda);
double kolmogorov_upper_quantile(double alpha);

// The Cramér–von Mises statistic's limit distribution: P(T > x). Csörgő and Faraway 1996.
double cramer_von_mises_sf(double x);

}  // namespace gyre::stats
