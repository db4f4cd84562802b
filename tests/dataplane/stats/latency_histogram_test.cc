#include "dataplane/stats/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "dataplane/stats/random.h"

namespace gyre::stats {
namespace {

TEST(LatencyHistogram, BucketsTileTheAxis) {
  EXPECT_EQ(LatencyHistogram::lower_seconds(0), 0);
  EXPECT_NEAR(LatencyHistogram::upper_seconds(0), 10e-6, 1e-15);
  for (std::size_t i = 0; i + 1 < LatencyHistogram::kBuckets; ++i)
    EXPECT_EQ(LatencyHistogram::upper_seconds(i), LatencyHistogram::lower_seconds(i + 1)) << i;
  EXPECT_NEAR(LatencyHistogram::lower_seconds(LatencyHistogram::kBuckets - 1), 104.8576, 1e-9);
  EXPECT_TRUE(std::isinf(LatencyHistogram::upper_seconds(LatencyHistogram::kBuckets - 1)));
}

TEST(LatencyHistogram, ABucketHoldsWhatLiesBetweenItsBounds) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto nanoseconds = static_cast<std::uint64_t>(std::pow(10, random.uniform(0, 12)));
    const std::size_t bucket = LatencyHistogram::bucket(nanoseconds);
    ASSERT_LT(bucket, LatencyHistogram::kBuckets);
    ASSERT_LE(LatencyHistogram::lower_seconds(bucket), static_cast<double>(nanoseconds) * 1e-9 * (1 + 1e-12));
    ASSERT_GT(LatencyHistogram::upper_seconds(bucket), static_cast<double>(nanoseconds) * 1e-9 * (1 - 1e-12));
  }
}

// Frozen: agents of one version report to operators of another.
TEST(LatencyHistogram, TheLayoutDoesNotChange) {
  EXPECT_EQ(LatencyHistogram::bucket(9'999), 0U);
  EXPECT_EQ(LatencyHistogram::bucket(10'000), 1U);
  EXPECT_EQ(LatencyHistogram::bucket(1'000'000), 106U);
  EXPECT_EQ(LatencyHistogram::bucket(1'000'000'000), 265U);
  EXPECT_EQ(LatencyHistogram::bucket(100'000'000'000), 372U);
  EXPECT_EQ(LatencyHistogram::bucket(104'857'600'000), 373U);
  EXPECT_EQ(LatencyHistogram::bucket(~0ULL), 373U);
}

TEST(LatencyHistogram, QuantilesAreWithinFivePercent) {
  Random random(2);
  LatencyHistogram histogram;
  std::vector<double> seconds;
  for (int i = 0; i < 5000; ++i) {
    const double s = 0.004 * std::exp(random.normal());
    seconds.push_back(s);
    histogram.record(static_cast<std::uint64_t>(s * 1e9));
  }
  std::sort(seconds.begin(), seconds.end());
  for (double q : {0.01, 0.5, 0.9, 0.99, 1.0}) {
    const double want = seconds[static_cast<std::size_t>(std::ceil(q * 5000)) - 1];
    EXPECT_NEAR(*histogram.quantile(q) / want, 1, 0.05) << q;
  }
}

TEST(LatencyHistogram, MergingIsRecordingInOne) {
  LatencyHistogram a;
  LatencyHistogram b;
  LatencyHistogram both;
  for (std::uint64_t i = 1; i < 1000; ++i) {
    (i % 3 == 0 ? a : b).record(i * i * 1000);
    both.record(i * i * 1000);
  }
  a.merge(b);
  EXPECT_EQ(a, both);
  EXPECT_EQ(a.total(), 999U);
  EXPECT_EQ(LatencyHistogram::make(both.counts()), both);
  EXPECT_FALSE(LatencyHistogram::make(std::vector<std::uint64_t>(3)));
}

TEST(LatencyHistogram, HasNoQuantileWhenEmptyAndBoundsAtItsEnds) {
  LatencyHistogram histogram;
  EXPECT_FALSE(histogram.quantile(0.5));
  histogram.record(3);
  EXPECT_NEAR(*histogram.quantile(0.5), 10e-6, 1e-15);
  histogram.record(500'000'000'000, 9);
  EXPECT_NEAR(*histogram.quantile(0.5), 104.8576, 1e-9);
  EXPECT_EQ(histogram.at_most(1), 1U);
}

}  // namespace
}  // namespace gyre::stats
