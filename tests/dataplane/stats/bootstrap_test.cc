#include "dataplane/stats/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dataplane/stats/random.h"

namespace gyre::stats {
namespace {

using Values = std::vector<double>;

struct Rows {
  Values truth;
  Values challenger;
  Values champion;
  PairedRows paired() const { return {truth, challenger, champion}; }
};

// Binary labels, each model right with its own probability.
Rows rows(std::size_t n, double challenger_right, double champion_right, std::uint64_t seed) {
  Random random(seed);
  Rows result;
  for (std::size_t i = 0; i < n; ++i) {
    const double truth = random.below(2) == 0 ? 0 : 1;
    result.truth.push_back(truth);
    result.challenger.push_back(random.uniform() < challenger_right ? truth : 1 - truth);
    result.champion.push_back(random.uniform() < champion_right ? truth : 1 - truth);
  }
  return result;
}

const Metric kAccuracy = *find_metric("accuracy");

Superiority verdict(const Rows& r, double margin) {
  return judge(*paired_bootstrap(r.paired(), kAccuracy, {.seed = 1}), margin);
}

TEST(PairedBootstrap, TellsBetterFromWorse) {
  EXPECT_EQ(verdict(rows(600, 0.95, 0.8, 1), 0.01), Superiority::kSuperior);
  EXPECT_EQ(verdict(rows(600, 0.8, 0.95, 2), 0.01), Superiority::kInferior);
  EXPECT_EQ(verdict(rows(20, 0.8, 0.8, 4), 0.01), Superiority::kInconclusive);
  EXPECT_EQ(verdict(rows(600, 0.9, 0.9, 3), 0.1), Superiority::kNonInferior);
}

TEST(PairedBootstrap, TheSameModelIsNonInferiorToItself) {
  Rows same = rows(100, 0.9, 0.5, 5);
  same.champion = same.challenger;
  const Comparison comparison = *paired_bootstrap(same.paired(), kAccuracy, {});
  EXPECT_EQ(comparison.improvement, 0);
  EXPECT_EQ(comparison.ci_low, 0);
  EXPECT_EQ(comparison.ci_high, 0);
  EXPECT_EQ(comparison.p, 1);
  EXPECT_EQ(judge(comparison, 0), Superiority::kNonInferior);
}

TEST(PairedBootstrap, IsDeterministicInTheSeed) {
  const Rows r = rows(200, 0.9, 0.85, 6);
  const auto first = paired_bootstrap(r.paired(), kAccuracy, {.seed = 7});
  EXPECT_EQ(first, paired_bootstrap(r.paired(), kAccuracy, {.seed = 7}));
  EXPECT_NE(first, paired_bootstrap(r.paired(), kAccuracy, {.seed = 8}));
}

TEST(PairedBootstrap, AgreesWithTheNormalInterval) {
  const Rows r = rows(1000, 0.9, 0.85, 9);
  double mean = 0;
  double square = 0;
  for (std::size_t i = 0; i < r.truth.size(); ++i) {
    const double gain = (r.challenger[i] == r.truth[i] ? 1 : 0) - (r.champion[i] == r.truth[i] ? 1 : 0);
    mean += gain / 1000;
    square += gain * gain / 1000;
  }
  const double half = 1.96 * std::sqrt((square - mean * mean) / 1000);
  const Comparison comparison = *paired_bootstrap(r.paired(), kAccuracy, {.resamples = 5000, .seed = 1});
  EXPECT_NEAR(comparison.improvement, mean, 1e-12);
  EXPECT_NEAR(comparison.ci_low, mean - half, 0.003);
  EXPECT_NEAR(comparison.ci_high, mean + half, 0.003);
}

TEST(PairedBootstrap, LowerIsBetterTurnsTheSign) {
  const Values truth{1, 2, 3, 4, 5, 6, 7, 8};
  const Values near{1.1, 2, 3, 4.1, 5, 6, 7, 8};
  const Values far{2, 3, 4, 5, 6, 7, 8, 10};
  const Comparison comparison = *paired_bootstrap({truth, near, far}, *find_metric("mae"), {});
  EXPECT_GT(comparison.improvement, 0);
  EXPECT_EQ(judge(comparison, 0), Superiority::kSuperior);
}

TEST(PairedBootstrap, HasNoAnswerWithoutUsableRows) {
  const Values two{0, 1};
  EXPECT_FALSE(paired_bootstrap({}, kAccuracy, {}));
  EXPECT_FALSE(paired_bootstrap({two, two, Values{1}}, kAccuracy, {}));
  EXPECT_FALSE(paired_bootstrap({two, two, two}, kAccuracy, {.resamples = 0}));
  EXPECT_FALSE(paired_bootstrap({two, two, two}, kAccuracy, {.confidence = 1}));
  EXPECT_FALSE(paired_bootstrap({Values{1, 1}, two, two}, *find_metric("auc"), {}));
}

TEST(PairedBootstrap, EqualModelsAreSeldomCalledDifferent) {
  int different = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Rows r = rows(300, 0.85, 0.85, 1000 + seed);
    const Superiority found = judge(*paired_bootstrap(r.paired(), kAccuracy, {.resamples = 400, .seed = seed}), 0);
    different += found == Superiority::kSuperior || found == Superiority::kInferior ? 1 : 0;
  }
  EXPECT_LT(different, 20);  // 5% of 200 are 10.
}

}  // namespace
}  // namespace gyre::stats
