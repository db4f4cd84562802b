#include "dataplane/stats/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace gyre::stats {
namespace {

TEST(Random, IsThePublishedGenerator) {
  // splitmix64's first output for seed 0, and rand_xoshiro's Xoshiro256PlusPlus::seed_from_u64(0).
  EXPECT_EQ(mix64(0), 0xe220a8397b1dcdafULL);
  Random random(0);
  for (std::uint64_t want : {5987356902031041503ULL, 7051070477665621255ULL, 6633766593972829180ULL,
                             211316841551650330ULL, 9136120204379184874ULL})
    EXPECT_EQ(random.next(), want);
}

TEST(Random, SameSeedAndStreamGiveTheSameNumbers) {
  Random a(7, 3);
  Random b(7, 3);
  Random other_stream(7, 4);
  Random other_seed(8, 3);
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t drawn = a.next();
    EXPECT_EQ(drawn, b.next());
    EXPECT_NE(drawn, other_stream.next());
    EXPECT_NE(drawn, other_seed.next());
  }
}

TEST(Random, UniformFillsItsRange) {
  Random random(1);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double x = random.uniform(-2, 6);
    ASSERT_GE(x, -2);
    ASSERT_LT(x, 6);
    sum += x;
  }
  EXPECT_NEAR(sum / 100'000, 2, 0.03);
  EXPECT_EQ(random.uniform(3, 3), 3);
}

TEST(Random, BelowIsUnbiased) {
  Random random(2);
  std::vector<int> seen(7, 0);
  for (int i = 0; i < 70'000; ++i) ++seen.at(random.below(7));
  for (int count : seen) EXPECT_NEAR(count, 10'000, 400);
  EXPECT_EQ(random.below(1), 0U);
  EXPECT_EQ(random.below(0), 0U);
}

TEST(Random, NormalHasMeanZeroAndVarianceOne) {
  Random random(3);
  double sum = 0;
  double squares = 0;
  double beyond_three = 0;
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
    beyond_three += std::fabs(x) > 3 ? 1 : 0;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.01);
  EXPECT_NEAR(squares / kDraws, 1, 0.02);
  EXPECT_NEAR(beyond_three / kDraws, 0.0027, 0.0005);
}

TEST(Random, ChoiceFollowsTheWeights) {
  Random random(4);
  std::vector<int> seen(4, 0);
  for (int i = 0; i < 40'000; ++i) ++seen.at(random.choice({1, 0, 2, 1}));
  EXPECT_NEAR(seen[0], 10'000, 400);
  EXPECT_EQ(seen[1], 0);
  EXPECT_NEAR(seen[2], 20'000, 400);
  EXPECT_EQ(random.choice({}), 0U);
}

TEST(Random, ShuffleKeepsEveryValue) {
  Random random(5);
  std::vector<int> values(50);
  std::iota(values.begin(), values.end(), 0);
  std::vector<int> shuffled = values;
  random.shuffle(shuffled);
  EXPECT_NE(shuffled, values);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, values);
}

TEST(PortableLog, AgreesWithTheLibrary) {
  for (double x : {1e-300, 1e-17, 0.1, 0.5, 0.7071, 0.9999999, 1.0, 1.0000001, 2.0, 3.7, 12345.678, 1e300})
    EXPECT_NEAR(portable_log(x), std::log(x), 4e-16 * std::max(1e-7, std::fabs(std::log(x)))) << x;
}

TEST(PortableNormalQuantile, AgreesWithScipy) {
  // scipy.stats.norm.ppf, isf
  EXPECT_NEAR(portable_normal_quantile(0.3), -0.5244005127080409, 1e-15);
  EXPECT_NEAR(portable_normal_quantile(0.9999), 3.719016485455709, 1e-12);
  EXPECT_NEAR(portable_normal_quantile(1e-10), -6.361340902404056, 1e-14);
  EXPECT_NEAR(portable_normal_quantile(1e-15), -7.941345326170998, 1e-14);
  EXPECT_EQ(portable_normal_quantile(0.5), 0);
}

}  // namespace
}  // namespace gyre::stats
