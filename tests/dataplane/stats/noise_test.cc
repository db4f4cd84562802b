#include "dataplane/stats/noise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dataplane/stats/histogram.h"
#include "dataplane/stats/random.h"
#include "dataplane/stats/tails.h"

namespace gyre::stats {
namespace {

using Values = std::vector<double>;
constexpr Method kByChiSquared[] = {Method::kPsi, Method::kKl, Method::kJs, Method::kHellinger, Method::kChiSquared};
constexpr Method kBounds[] = {Method::kTotalVariation, Method::kLinf, Method::kKs, Method::kWasserstein};
constexpr Method kAll[] = {
    Method::kPsi,  Method::kKl, Method::kJs,         Method::kHellinger,  Method::kTotalVariation,
    Method::kLinf, Method::kKs, Method::kChiSquared, Method::kWasserstein};

TEST(Tails, AgreeWithScipy) {
  // kstwobign.sf, kstwobign.isf
  EXPECT_NEAR(kolmogorov_sf(0.3), 0.9999906941986655, 1e-12);
  EXPECT_NEAR(kolmogorov_sf(0.8), 0.5441424115741981, 1e-12);
  EXPECT_NEAR(kolmogorov_sf(0.99), 0.2808738392255489, 1e-12);
  EXPECT_NEAR(kolmogorov_sf(1.01), 0.25943416909359746, 1e-12);
  EXPECT_NEAR(kolmogorov_sf(2.5), 7.453306344157342e-06, 1e-15);
  EXPECT_EQ(kolmogorov_sf(0), 1);
  EXPECT_NEAR(kolmogorov_upper_quantile(0.5), 0.8275735551899059, 1e-9);
  EXPECT_NEAR(kolmogorov_upper_quantile(0.05), 1.3580986393225507, 1e-9);
  EXPECT_NEAR(kolmogorov_upper_quantile(1e-4), 2.2252513961950457, 1e-9);
  // 1 - _cdf_cvm_inf(x)
  EXPECT_NEAR(cramer_von_mises_sf(0.02), 0.9969993856983981, 1e-9);
  EXPECT_NEAR(cramer_von_mises_sf(0.46136), 0.05000038313265287, 1e-9);
  EXPECT_NEAR(cramer_von_mises_sf(2), 1.2780736265760595e-05, 1e-12);
  // chi2.isf, norm.sf, norm.ppf, binom.cdf
  EXPECT_NEAR(chi_squared_upper_quantile(0.01, 9), 21.665994333461928, 1e-9);
  EXPECT_NEAR(normal_sf(3), 0.0013498980316300933, 1e-15);
  EXPECT_NEAR(normal_quantile(0.3), -0.5244005127080409, 1e-12);
  EXPECT_NEAR(binomial_cdf(1, 2, 0.5), 0.75, 1e-12);
}

TEST(Tails, AnswerNanRatherThanThrow) {
  EXPECT_TRUE(std::isnan(normal_quantile(0)));
  EXPECT_TRUE(std::isnan(normal_quantile(2)));
  EXPECT_TRUE(std::isnan(chi_squared_upper_quantile(-1, 3)));
  EXPECT_TRUE(std::isnan(gamma_sf(1, 0, 1)));
  EXPECT_TRUE(std::isnan(binomial_cdf(1, 2, 3)));
  EXPECT_EQ(chi_squared_sf(1, 0), 1);
}

TEST(Noise, OfPsiIsChiSquaredOverTheRows) {
  // (1/200 + 1/200) * chi2.isf(0.05, 9); chi2.sf(0.1 * 100, 9): noise passes 0.1 a third of the time.
  EXPECT_NEAR(psi_noise_quantile(200, 200, 10, 0.05), 0.16918977604620453, 1e-9);
  EXPECT_NEAR(noise_p(Method::kPsi, 0.1, {200, 200, 10}), 0.3504852123233613, 1e-9);
}

TEST(Noise, QuantileAndPAreInverse) {
  const SampleSizes sizes{900, 400, 12};
  for (Method method : kAll) {
    if (method == Method::kWasserstein) continue;
    for (double alpha : {0.05, 0.01, 1e-4}) {
      const double value = noise_quantile(method, sizes, alpha);
      EXPECT_NEAR(noise_p(method, value, sizes), alpha, 1e-9 + alpha * 1e-6) << format_method(method);
      EXPECT_EQ(exceeds_noise(method, value * 1.01, sizes, alpha), Signal::kExceedsNoise) << format_method(method);
      EXPECT_EQ(exceeds_noise(method, value * 0.99, sizes, alpha), Signal::kNoise) << format_method(method);
    }
  }
}

TEST(Noise, NothingExceedsItWithoutRowsOrWithOneBin) {
  for (Method method : kAll) {
    EXPECT_EQ(exceeds_noise(method, 0.5, {0, 10, 5}, 0.05), Signal::kNoise);
    EXPECT_EQ(exceeds_noise(method, 0.5, {100, 100, 1}, 0.05), Signal::kNoise);
  }
}

TEST(Method, NamesGoBothWays) {
  for (Method method : kAll) EXPECT_EQ(parse_method(format_method(method)), method);
  EXPECT_FALSE(parse_method("PSI"));
  EXPECT_EQ(default_threshold(Method::kPsi), 0.2);
  EXPECT_EQ(default_threshold(Method::kJs), 0.1);
}

struct Sampler {
  Values weights;
  Values draw(Random& random, int rows) const {
    Values counts(weights.size(), 0);
    for (int i = 0; i < rows; ++i) ++counts[random.choice(weights)];
    return counts;
  }
};

// The share of 1000 pairs without drift that pass at 5%.
double false_alarms(Method method, const Sampler& sampler, int n, int m) {
  Values positions(sampler.weights.size());
  for (std::size_t i = 0; i < positions.size(); ++i) positions[i] = static_cast<double>(i);
  Random random(42);
  int alarms = 0;
  for (int i = 0; i < 1000; ++i) {
    const Values reference = sampler.draw(random, n);
    const Values current = sampler.draw(random, m);
    alarms += measure_ordered(method, reference, current, positions)->p <= 0.05 ? 1 : 0;
  }
  return alarms / 1000.0;
}

TEST(Noise, RaisesAsManyFalseAlarmsAsAskedFor) {
  const Sampler sampler{{1, 2, 3, 3, 3, 2, 2, 1, 1, 2}};
  for (Method method : kByChiSquared) {
    const double share = false_alarms(method, sampler, 800, 400);
    EXPECT_GT(share, 0.03) << format_method(method);
    EXPECT_LT(share, 0.07) << format_method(method);
  }
}

TEST(Noise, BoundsErrTowardsNoise) {
  const Sampler sampler{{1, 2, 3, 3, 3, 2, 2, 1, 1, 2}};
  for (Method method : kBounds) EXPECT_LT(false_alarms(method, sampler, 800, 400), 0.06) << format_method(method);
}

TEST(Noise, OfW1IsNearlyExactWhateverTheShape) {
  for (const Values& weights :
       {Values(2, 1.0), Values(30, 1.0), Values{9, 1, 1, 1, 1, 1, 1, 9}, Values{50, 20, 8, 3, 1}}) {
    const double share = false_alarms(Method::kWasserstein, Sampler{weights}, 600, 600);
    EXPECT_GT(share, 0.03) << weights.size();
    EXPECT_LT(share, 0.07) << weights.size();
  }
}

TEST(Noise, RareBinsDoNotRaiseFalseAlarms) {
  const Sampler sampler{{0.002, 1, 2, 3, 2, 1, 0.002, 0.001, 0.001}};
  for (Method method : kAll) EXPECT_LT(false_alarms(method, sampler, 1000, 500), 0.07) << format_method(method);
}

TEST(Noise, EdgesTakenFromTheReferenceItselfDoNotRaiseFalseAlarms) {
  Random random(5);
  int alarms = 0;
  for (int i = 0; i < 500; ++i) {
    Values reference(1000);
    Values current(500);
    for (double& v : reference) v = random.normal();
    for (double& v : current) v = random.normal();
    const Bins bins = *Bins::make(make_quantile_edges(reference, 10));
    std::vector<std::uint64_t> p(bins.size(), 0);
    std::vector<std::uint64_t> q(bins.size(), 0);
    bins.count(reference, p);
    bins.count(current, q);
    alarms += measure_unordered(Method::kPsi, to_doubles(p), to_doubles(q))->p <= 0.05 ? 1 : 0;
  }
  EXPECT_LT(alarms / 500.0, 0.07);
}

TEST(Noise, ARealShiftExceedsItByEveryMethod) {
  Random random(6);
  const Values reference = Sampler{{1, 2, 3, 2, 1}}.draw(random, 1000);
  const Values current = Sampler{{1, 1, 2, 3, 3}}.draw(random, 500);
  const Values positions{0, 1, 2, 3, 4};
  for (Method method : kAll) {
    const Drift drift = *measure_ordered(method, reference, current, positions);
    EXPECT_LT(drift.p, 1e-4) << format_method(method);
    EXPECT_GT(drift.effect, 0.1) << format_method(method);
  }
}

TEST(Measure, SaysNothingWhereThereIsNothingToSay) {
  const Values some{1, 2};
  const Values none{0, 0};
  for (Method method : kAll) {
    EXPECT_FALSE(measure_ordered(method, some, none, Values{0, 1}));
    EXPECT_FALSE(measure_ordered(method, some, Values{1, 2, 3}, Values{0, 1}));
  }
  EXPECT_FALSE(measure_unordered(Method::kKs, some, some));
  EXPECT_FALSE(measure_unordered(Method::kWasserstein, some, some));
}

TEST(Measure, EqualDistributionsHaveNoEffectAndPOne) {
  for (Method method : kAll)
    EXPECT_EQ(measure_ordered(method, Values{1, 5, 4}, Values{2, 10, 8}, Values{0, 1, 2}), (Drift{0, 1}))
        << format_method(method);
}

}  // namespace
}  // namespace gyre::stats
