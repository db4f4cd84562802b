#include "operator/runtime/rate_limiter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/eventually.h"

namespace gyre::runtime {
namespace {

TEST(RateLimiter, WithoutARateNobodyWaits) {
  const SystemClock clock;
  RateLimiter limiter({}, clock);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(limiter.wait(), Duration(0));
}

TEST(RateLimiter, ABurstIsFreeAndComesBackWithTime) {
  ManualClock clock;
  RateLimiter limiter({.qps = 10, .burst = 3}, clock);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.wait(), Duration(0));
  EXPECT_EQ(limiter.wait(), Duration(100));
  clock.advance(Duration(300));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(limiter.wait(), Duration(0));
  clock.advance(std::chrono::hours(1));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.wait(), Duration(0));
  EXPECT_EQ(limiter.wait(), Duration(100));
}

TEST(RateLimiter, TheRateIsKept) {
  const SystemClock clock;
  RateLimiter limiter({.qps = 100, .burst = 5}, clock);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(limiter.wait());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, Duration(190));
}

TEST(RateLimiter, ACancelEndsEveryWait) {
  const SystemClock clock;
  RateLimiter limiter({.qps = 0.001, .burst = 1}, clock);
  ASSERT_TRUE(limiter.wait());
  std::atomic<int> cancelled = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i)
      threads.emplace_back([&] {
        const auto turn = limiter.wait();
        if (!turn && turn.error().code == Code::kCancelled) ++cancelled;
      });
    EXPECT_TRUE(support::eventually([&] {
      limiter.cancel();
      return cancelled == 3;
    }));
  }
}

}  // namespace
}  // namespace gyre::runtime
