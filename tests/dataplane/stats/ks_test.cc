#include "dataplane/stats/ks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "dataplane/stats/random.h"

namespace gyre::stats {
namespace {

using Values = std::vector<double>;
const Values kA{0.3, 1.1, 2.2, 3.7, 5.9, 8.8, 9.1};
const Values kB{1.2, 2.9, 4.4, 6.6, 10.1, 12.5, 13, 14.2, 15.9};

Values linspace(double low, double high, int points, double shift) {
  Values values;
  for (int i = 0; i < points; ++i) values.push_back(low + (high - low) * i / (points - 1) + shift);
  return values;
}

TEST(KsTwoSample, HoldsTheReferenceValues) {
  const TestResult shifted = ks_two_sample(linspace(1, 100, 100, 0), linspace(1, 100, 110, 20.1));
  EXPECT_NEAR(shifted.statistic, 232.0 / 1100, 1e-12);
  EXPECT_NEAR(shifted.p, 0.015739183865607353, 1e-9);
  const TestResult small = ks_two_sample(Values{0.99, 1.99}, Values{1, 2, 3});
  EXPECT_NEAR(small.statistic, 2.0 / 3, 1e-12);
  EXPECT_NEAR(small.p, 0.6, 1e-9);
  const TestResult ab = ks_two_sample(kA, kB);  // scipy.stats.ks_2samp(A, B)
  EXPECT_NEAR(ab.statistic, 0.5555555555555556, 1e-12);
  EXPECT_NEAR(ab.p, 0.12674825174825174, 1e-9);
}

// By listing every way to choose which of the pooled rows are the reference's.
double p_by_enumeration(const Values& x, const Values& y) {
  Values pooled = x;
  pooled.insert(pooled.end(), y.begin(), y.end());
  std::vector<int> side(pooled.size(), 1);
  std::fill(side.begin(), side.begin() + static_cast<long>(x.size()), 0);
  const auto distance = [&](const std::vector<int>& sides) {
    double most = 0;
    for (double at : pooled) {
      double f = 0;
      double g = 0;
      for (std::size_t i = 0; i < pooled.size(); ++i)
        if (pooled[i] <= at) (sides[i] == 0 ? f : g) += 1;
      most = std::max(most, std::fabs(f / static_cast<double>(x.size()) - g / static_cast<double>(y.size())));
    }
    return most;
  };
  const double observed = distance(side);
  double as_far = 0;
  double all = 0;
  do {
    as_far += distance(side) >= observed - 1e-12 ? 1 : 0;
    ++all;
  } while (std::next_permutation(side.begin(), side.end()));
  return as_far / all;
}

TEST(KsTwoSample, IsExactWithTies) {
  for (const auto& [x, y] : std::vector<std::pair<Values, Values>>{
           {{1, 2, 2, 3, 5}, {2, 3, 3, 4, 6, 6}}, {{0, 0, 0, 1}, {0, 1, 1, 1, 1}}, {{1, 2, 3, 4}, {5, 6, 7, 8, 9}}})
    EXPECT_NEAR(ks_two_sample(x, y).p, p_by_enumeration(x, y), 1e-12);
}

TEST(KsTwoSample, SmallPKeepTheirDigits) {
  // Disjoint samples: 2 of the C(60, 30) orders. scipy: 2 / comb(60, 30)
  const TestResult test = ks_two_sample(linspace(0, 1, 30, 0), linspace(0, 1, 30, 5));
  EXPECT_NEAR(test.p / 1.6911233892144735e-17, 1, 1e-9);
}

TEST(KsTwoSample, ExactAndLimitMeetAtTenThousandRows) {
  Random random(3);
  Values x(5000);
  Values y(5000);
  for (double& v : x) v = random.normal();
  for (double& v : y) v = random.normal() + 0.03;
  const double exact = ks_two_sample(x, y).p;
  y.push_back(0);
  EXPECT_NEAR(ks_two_sample(x, y).p, exact, 0.03);
}

TEST(KsTwoSample, EqualSamplesHavePOneAndNoneHaveNoAnswer) {
  EXPECT_EQ(ks_two_sample(kA, kA), (TestResult{0, 1}));
  EXPECT_TRUE(std::isnan(ks_two_sample({}, kA).p));
}

TEST(CramerVonMises, AgreesWithScipy) {
  // cramervonmises_2samp(x, y, method="asymptotic")
  const TestResult ab = cramer_von_mises_two_sample(kA, kB);
  EXPECT_NEAR(ab.statistic, 0.3745039682539679, 1e-9);
  EXPECT_NEAR(ab.p, 0.08588976762077505, 1e-9);
  const TestResult tied =
      cramer_von_mises_two_sample(Values{1, 2, 2, 3, 3, 3, 4, 5, 5, 7}, Values{2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 9, 9});
  EXPECT_NEAR(tied.statistic, 0.5696969696969694, 1e-9);
  EXPECT_NEAR(tied.p, 0.026179555247685338, 1e-9);
  const TestResult shifted = cramer_von_mises_two_sample(linspace(1, 100, 100, 0), linspace(1, 100, 110, 20.1));
  EXPECT_NEAR(shifted.statistic, 1.834492063492064, 1e-9);
  EXPECT_NEAR(shifted.p, 2.9631569098187427e-05, 1e-12);
}

TEST(Wasserstein, HoldsTheReferenceValues) {
  EXPECT_NEAR(wasserstein({Values{0, 1}, Values{3, 1}}, {Values{0}, Values{1}}), 0.25, 1e-12);
  // scipy.stats.wasserstein_distance with weights
  EXPECT_NEAR(
      wasserstein({Values{3.4, 3.9, 7.5, 7.8}, Values{1.4, 0.9, 3.1, 7.2}}, {Values{4.5, 1.4}, Values{3.2, 3.5}}),
      4.078133143804785, 1e-12);
  EXPECT_NEAR(wasserstein({kA}, {kA}), 0, 1e-12);
  EXPECT_TRUE(std::isnan(wasserstein({}, {kA})));
}

TEST(Mmd, HoldsTheReferenceValue) {
  EXPECT_NEAR(mmd_squared({Values{0, 1, 2}}, {Values{3, 4}}, 1).statistic, 0.756077966637, 1e-9);
}

TEST(Mmd, PermutationsCountTheObservedArrangement) {
  // 2 of the 20 arrangements are as far apart, so p is near 0.1 and can never be 0.
  const TestResult test = mmd_squared({Values{0, 1, 2}}, {Values{7, 8, 9}}, 1, {2000, 1});
  EXPECT_NEAR(test.p, 0.1, 0.02);
  EXPECT_EQ(test, mmd_squared({Values{0, 1, 2}}, {Values{7, 8, 9}}, 1, {2000, 1}));
  const TestResult one = mmd_squared({Values{0, 1, 2}}, {Values{7, 8, 9}}, 1, {1, 1});
  EXPECT_GE(one.p, 0.5);
}

TEST(Mmd, SeesADifferenceInTheJointDistributionOnly) {
  Random random(8);
  Values together;
  Values apart;
  for (int i = 0; i < 80; ++i) {
    const double x = random.normal();
    together.insert(together.end(), {x, x});
    apart.insert(apart.end(), {random.normal(), random.normal()});
  }
  EXPECT_LT(mmd_squared({together, 2}, {apart, 2}, 1, {199, 2}).p, 0.02);
}

TEST(TwoProportions, HoldsTheReferenceValue) {
  const TestResult test = two_proportions_z({15, 75}, {15, 105});
  EXPECT_NEAR(test.statistic, 1.0141851056742202, 1e-9);  // scipy: 1.014185 in the design
  EXPECT_NEAR(test.p, 0.31049443431723467, 1e-9);
  EXPECT_EQ(two_proportions_z({0, 10}, {0, 20}), (TestResult{0, 1}));
}

TEST(McNemar, HoldsTheReferenceValue) {
  EXPECT_NEAR(mcnemar_exact(10, 25).p, 0.016673847800120715, 1e-9);  // binomtest(10, 35)
  EXPECT_NEAR(mcnemar_exact(0, 6).p, 0.03125, 1e-12);                // binomtest(0, 6)
  EXPECT_EQ(mcnemar_exact(4, 4).p, 1);
  EXPECT_EQ(mcnemar_exact(0, 0).p, 1);
}

}  // namespace
}  // namespace gyre::stats
