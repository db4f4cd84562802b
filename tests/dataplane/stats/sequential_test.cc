#include "dataplane/stats/sequential.h"

#include <gtest/gtest.h>

#include "dataplane/stats/random.h"

namespace gyre::stats {
namespace {

TEST(CompareErrorRates, GivesOneOfThreeAnswers) {
  struct Case {
    const char* what;
    Requests canary;
    Requests stable;
    CanaryVerdict want;
  };
  const Case cases[] = {
      {"no requests yet", {0, 0}, {0, 0}, CanaryVerdict::kInconclusive},
      {"too few, however bad", {50, 50}, {1000, 0}, CanaryVerdict::kInconclusive},
      {"a third of the requests fail", {120, 40}, {1000, 2}, CanaryVerdict::kFail},
      {"no errors on many requests", {1000, 0}, {1000, 0}, CanaryVerdict::kPass},
      {"no errors on few requests", {120, 0}, {1000, 0}, CanaryVerdict::kInconclusive},
      {"worse by less than the margin", {100'000, 500}, {100'000, 100}, CanaryVerdict::kPass},
      {"worse by more than the margin", {100'000, 1500}, {100'000, 100}, CanaryVerdict::kFail},
      {"stable fails as much", {1000, 300}, {1000, 300}, CanaryVerdict::kInconclusive},
      {"stable fails more", {1000, 10}, {1000, 300}, CanaryVerdict::kPass},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(compare_error_rates(c.canary, c.stable, {}).verdict, c.want) << c.what;
    const CanaryVerdict sequential = compare_error_rates_sequentially(c.canary, c.stable, {}).verdict;
    EXPECT_TRUE(sequential == c.want || sequential == CanaryVerdict::kInconclusive) << c.what;
  }
}

TEST(CompareSequentially, SeesABadCanarySoon) {
  EXPECT_EQ(compare_error_rates_sequentially({120, 40}, {1000, 2}, {}).verdict, CanaryVerdict::kFail);
  EXPECT_EQ(compare_error_rates_sequentially({2000, 0}, {2000, 0}, {}).verdict, CanaryVerdict::kPass);
}

TEST(CompareSequentially, KeepsWhatEarlierLooksHaveShown) {
  const CanaryResult bad = compare_error_rates_sequentially({120, 40}, {1000, 2}, {});
  const CanaryResult later = compare_error_rates_sequentially({1200, 45}, {10'000, 200}, {}, bad);
  EXPECT_LE(later.p_worse, bad.p_worse);
  EXPECT_EQ(later.verdict, CanaryVerdict::kFail);
}

struct Traffic {
  double canary_rate;
  double stable_rate;
};

// How many of 300 canaries are failed (or passed) when looked at every 20 requests until 4000.
struct Tally {
  int failed = 0;
  int passed = 0;
};
enum class Looks { kSequential, kFixed };

Tally watch(const Traffic& traffic, Looks looks, const CanaryOptions& options) {
  Tally tally;
  for (std::uint64_t trial = 0; trial < 300; ++trial) {
    Random random(77, trial);
    Requests canary;
    Requests stable;
    CanaryResult result;
    while (canary.total < 4000 && result.verdict == CanaryVerdict::kInconclusive) {
      for (int i = 0; i < 20; ++i) {
        ++canary.total;
        ++stable.total;
        canary.errors += random.uniform() < traffic.canary_rate ? 1 : 0;
        stable.errors += random.uniform() < traffic.stable_rate ? 1 : 0;
      }
      result = looks == Looks::kSequential ? compare_error_rates_sequentially(canary, stable, options, result)
                                           : compare_error_rates(canary, stable, options);
    }
    tally.failed += result.verdict == CanaryVerdict::kFail ? 1 : 0;
    tally.passed += result.verdict == CanaryVerdict::kPass ? 1 : 0;
  }
  return tally;
}

TEST(CompareSequentially, StaysRightUnderPeeking) {
  const CanaryOptions options{.margin = 0.02, .alpha = 0.05};
  // Exactly at the margin both answers are mistakes.
  const Tally peeked = watch({0.07, 0.05}, Looks::kSequential, options);
  EXPECT_LE(peeked.failed, 15);
  EXPECT_LE(peeked.passed, 15);
  // Rare errors, where the normal approximation is at its weakest.
  const Tally rare = watch({0.02, 0}, Looks::kSequential, options);
  EXPECT_LE(rare.failed, 15);
  EXPECT_LE(rare.passed, 15);
  // The same looks with the fixed-size test are wrong far more often: what the sequential one is for.
  const Tally naive = watch({0.07, 0.05}, Looks::kFixed, options);
  EXPECT_GT(naive.failed + naive.passed, 60);
}

TEST(CompareSequentially, DecidesClearCases) {
  const CanaryOptions options{.margin = 0.02, .alpha = 0.05};
  EXPECT_GE(watch({0.20, 0.05}, Looks::kSequential, options).failed, 298);
  EXPECT_GE(watch({0.01, 0.01}, Looks::kSequential, options).passed, 290);
}

TEST(CompareErrorRates, IsWrongAtMostAsOftenAsAllowedAtOneLook) {
  // Exactly at the margin of 0.01 both answers are mistakes.
  for (const Traffic& traffic : {Traffic{0.03, 0.02}, Traffic{0.01, 0}, Traffic{0.31, 0.30}}) {
    Tally tally;
    Random random(4);
    for (int trial = 0; trial < 1000; ++trial) {
      Requests canary{300, 0};
      Requests stable{1000, 0};
      for (int i = 0; i < 300; ++i) canary.errors += random.uniform() < traffic.canary_rate ? 1 : 0;
      for (int i = 0; i < 1000; ++i) stable.errors += random.uniform() < traffic.stable_rate ? 1 : 0;
      const CanaryVerdict verdict = compare_error_rates(canary, stable, {}).verdict;
      tally.failed += verdict == CanaryVerdict::kFail ? 1 : 0;
      tally.passed += verdict == CanaryVerdict::kPass ? 1 : 0;
    }
    EXPECT_LE(tally.failed, 70) << traffic.canary_rate;
    EXPECT_LE(tally.passed, 70) << traffic.canary_rate;
  }
}

}  // namespace
}  // namespace gyre::stats
