#include "dataplane/stats/divergence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "dataplane/stats/random.h"

namespace gyre::stats {
namespace {

using Values = std::vector<double>;
constexpr double kExact = 1e-9;

// Counts of the values 1 to 6: design/drift-monitor.md, "Statistics, exactly".
const Values kReference{16, 18, 16, 14, 12, 12};
const Values kCurrent{16, 16, 16, 16, 16, 8};
const Values kFaces{1, 2, 3, 4, 5, 6};

TEST(Divergence, HoldsTheReferenceValues) {
  EXPECT_NEAR(psi(kReference, kCurrent), 0.037218381577, kExact);
  EXPECT_NEAR(kl(kReference, kCurrent), 0.018909676965, kExact);
  EXPECT_NEAR(js_distance_ln(kReference, kCurrent), 0.068048196177, kExact);
  EXPECT_NEAR(js_distance(kReference, kCurrent), 0.081734213306, kExact);
  EXPECT_NEAR(total_variation(kReference, kCurrent), 0.068181818182, kExact);
  EXPECT_NEAR(linf(kReference, kCurrent), 0.045454545455, kExact);
  EXPECT_NEAR(ks_binned(kReference, kCurrent), 0.045454545455, kExact);
  EXPECT_NEAR(w1_binned(kReference, kCurrent, kFaces), 0.090909090909, kExact);
  EXPECT_NEAR(w1_over_sigma(kReference, kCurrent, kFaces), 0.054433105395, kExact);
  EXPECT_NEAR(cramer_von_mises_binned(kReference, kCurrent), 0.020661157025, kExact);
  EXPECT_NEAR(hellinger(kReference, kCurrent), 0.06812774370983345, kExact);  // np.sqrt(1 - np.sqrt(p * q).sum())
}

TEST(ChiSquaredTest, HoldsTheReferenceValues) {
  const ChiSquared test = chi_squared(kReference, kCurrent);
  EXPECT_NEAR(test.statistic, 1.622408963585, kExact);
  EXPECT_EQ(test.dof, 5);
  EXPECT_NEAR(test.p, 0.898526239403, kExact);
  EXPECT_NEAR(cramers_v(kReference, kCurrent), std::sqrt(1.622408963585 / 176), kExact);
}

TEST(Divergence, AgreesWithScipyOnEmptyBins) {
  const Values a{0, 5, 10, 25, 40, 20};
  const Values b{3, 0, 12, 30, 35, 60};
  EXPECT_NEAR(js_distance(a, b), 0.28350901941140083, kExact);   // jensenshannon(p, q, 2)
  EXPECT_NEAR(js_distance_ln(a, b), 0.236036741415759, kExact);  // jensenshannon(p, q)
  EXPECT_NEAR(psi(a, b), 0.39712468705311427, kExact);           // np.where(a == 0, .5, a), normalised
  EXPECT_NEAR(kl(a, b), 0.21171444957503316, kExact);            // entropy(p, q) of the same
  EXPECT_NEAR(w1_binned(a, b, Values{0, 1, 3.5, 4, 7, 9}), 0.8071428571428573, kExact);  // wasserstein_distance
  const ChiSquared test = chi_squared(a, b);  // chi2_contingency([a, b], correction=False)
  EXPECT_NEAR(test.statistic, 22.940259740259737, kExact);
  EXPECT_NEAR(test.p, 0.00034655922729659347, kExact);
}

TEST(Divergence, JensenShannonOverDifferentBins) {
  const CommonBins common = common_bins({{1, 2, 3}, {2, 2}}, {{2, 4, 6}, {2, 2}});
  EXPECT_EQ(common.edges, (Values{1, 2, 3, 4, 6}));
  EXPECT_EQ(common.reference, (Values{2, 2, 0, 0}));
  EXPECT_EQ(common.current, (Values{0, 1, 1, 2}));
  EXPECT_NEAR(js_divergence(common.reference, common.current), 0.65563906222, kExact);
}

TEST(Divergence, DisjointDistributionsAreAsFarApartAsCanBe) {
  const Values a{4, 6, 0, 0};
  const Values b{0, 0, 1, 9};
  EXPECT_NEAR(js_divergence(a, b), 1, kExact);
  EXPECT_NEAR(js_distance(a, b), 1, kExact);
  EXPECT_NEAR(hellinger(a, b), 1, kExact);
  EXPECT_NEAR(total_variation(a, b), 1, kExact);
  EXPECT_NEAR(ks_binned(a, b), 1, kExact);
  EXPECT_NEAR(cramers_v(a, b), 1, kExact);
  EXPECT_TRUE(std::isfinite(psi(a, b)));
  EXPECT_TRUE(std::isfinite(kl(a, b)));
}

TEST(Divergence, AConstantColumnHasNoDrift) {
  const Values a{0, 50, 0};
  const Values b{0, 70, 0};
  const Values positions{0, 1, 2};
  EXPECT_EQ(psi(a, b), 0);
  EXPECT_EQ(js_distance(a, b), 0);
  EXPECT_EQ(chi_squared(a, b), (ChiSquared{0, 0, 1}));
  EXPECT_EQ(cramers_v(a, b), 0);
  EXPECT_EQ(w1_over_sigma(a, b, positions), 0);
  EXPECT_TRUE(std::isinf(w1_over_sigma(a, Values{0, 69, 1}, positions)));
}

TEST(Divergence, WithoutRowsThereIsNoAnswer) {
  const Values none{0, 0};
  const Values some{1, 2};
  for (auto f : {js_distance, hellinger, total_variation, linf, ks_binned, cramer_von_mises_binned, cramers_v}) {
    EXPECT_TRUE(std::isnan(f(none, some)));
    EXPECT_TRUE(std::isnan(f(some, none)));
    EXPECT_TRUE(std::isnan(f(some, Values{1, 2, 3})));
  }
  EXPECT_TRUE(std::isnan(psi(none, some)));
  EXPECT_TRUE(std::isnan(kl(some, none)));
  EXPECT_TRUE(std::isnan(chi_squared(some, none).p));
  EXPECT_TRUE(std::isnan(w1_binned(none, some, Values{0, 1})));
}

Values random_counts(Random& random) {
  Values counts(8);
  for (double& c : counts) c = static_cast<double>(random.below(4) == 0 ? 0 : random.below(50));
  counts[3] += 1;
  return counts;
}

Values turned_round(Values counts) {
  std::reverse(counts.begin(), counts.end());
  return counts;
}

TEST(Divergence, SymmetricOnesAreSymmetricBoundedAndZeroForEqual) {
  Random random(1);
  const Values positions{0, 1, 2, 3, 4, 5, 6, 7};
  for (int i = 0; i < 500; ++i) {
    const Values a = random_counts(random);
    const Values b = random_counts(random);
    for (auto f : {js_distance, hellinger, total_variation, linf, ks_binned, cramers_v}) {
      EXPECT_NEAR(f(a, b), f(b, a), 1e-12);
      EXPECT_GE(f(a, b), 0);
      EXPECT_LE(f(a, b), 1 + 1e-12);
      EXPECT_NEAR(f(a, a), 0, 1e-9);
      EXPECT_NEAR(f(turned_round(a), turned_round(b)), f(a, b), 1e-12);
    }
    EXPECT_NEAR(psi(a, b), psi(b, a), 1e-12);
    EXPECT_EQ(psi(a, a), 0);
    EXPECT_GE(kl(a, b), 0);
    EXPECT_NEAR(psi(a, b), kl(a, b) + kl(b, a), 1e-12);
    EXPECT_NEAR(cramer_von_mises_binned(a, b), cramer_von_mises_binned(turned_round(a), turned_round(b)), 1e-12);
    EXPECT_LE(ks_binned(a, b), total_variation(a, b) + 1e-12);
    EXPECT_LE(std::pow(hellinger(a, b), 2), total_variation(a, b) + 1e-12);
    EXPECT_GE(w1_binned(a, b, positions), ks_binned(a, b) - 1e-12);
    EXPECT_NEAR(js_distance_ln(a, b), js_distance(a, b) * std::sqrt(std::numbers::ln2), 1e-12);
  }
}

}  // namespace
}  // namespace gyre::stats
