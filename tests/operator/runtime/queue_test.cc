#include "operator/runtime/queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/eventually.h"

namespace gyre::runtime {
namespace {

using testing::HasSubstr;

const Key kA{"n", "a"}, kB{"n", "b"}, kC{"n", "c"};

class QueueTest : public testing::Test {
 protected:
  // What comes at once; nothing when the queue would wait.
  std::optional<Key> take_now() {
    queue_.add(kMark, Priority::kLow);
    const auto key = queue_.take({});
    queue_.done(*key);
    if (*key == kMark) return std::nullopt;
    // The mark is still in line.
    EXPECT_EQ(queue_.take({}), kMark);
    queue_.done(kMark);
    return key;
  }

  const Key kMark{"zz", "mark"};
  ManualClock clock_;
  Metrics metrics_;
  Queue queue_{"q", clock_, metrics_, {Duration(100), Duration(1000), Duration(5000)}};
};

TEST_F(QueueTest, AKeyAddedTwiceComesOnce) {
  queue_.add(kA);
  queue_.add(kB);
  queue_.add(kA);
  EXPECT_EQ(queue_.size(), 2u);
  EXPECT_EQ(queue_.take({}), kA);
  EXPECT_EQ(queue_.take({}), kB);
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(QueueTest, AHeldKeyComesAgainOnlyAfterDone) {
  queue_.add(kA);
  ASSERT_EQ(queue_.take({}), kA);
  queue_.add(kA);
  queue_.add(kA);
  EXPECT_EQ(queue_.size(), 0u);
  queue_.done(kA);
  EXPECT_EQ(queue_.take({}), kA);
  queue_.done(kA);
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(QueueTest, AHeldKeyWaitsFromWhenItIsAdded) {
  queue_.add(kA);
  ASSERT_EQ(queue_.take({}), kA);
  queue_.add(kA);
  clock_.advance(std::chrono::seconds(2));
  queue_.done(kA);
  ASSERT_EQ(queue_.take({}), kA);
  queue_.done(kA);
  EXPECT_THAT(metrics_.text(), HasSubstr("workqueue_queue_duration_seconds_sum{name=\"q\",controller=\"q\"} 2\n"));
}

TEST_F(QueueTest, WhatSomebodyWaitsForComesFirst) {
  queue_.add(kA, Priority::kLow);
  queue_.add(kB, Priority::kLow);
  queue_.add(kC);
  queue_.add(kB);
  EXPECT_EQ(queue_.take({}), kB);
  EXPECT_EQ(queue_.take({}), kC);
  EXPECT_EQ(queue_.take({}), kA);
}

TEST_F(QueueTest, ADelayedKeyComesWhenItsTimeHasCome) {
  queue_.add_after(kA, Duration(500));
  EXPECT_EQ(take_now(), std::nullopt);
  clock_.advance(Duration(499));
  EXPECT_EQ(take_now(), std::nullopt);
  clock_.advance(Duration(1));
  EXPECT_EQ(take_now(), kA);
}

TEST_F(QueueTest, TheEarliestOfSeveralWishesCountsAndCountsOnce) {
  queue_.add_after(kA, Duration(500));
  queue_.add_after(kA, Duration(100));
  queue_.add_after(kA, Duration(900));
  clock_.advance(Duration(100));
  EXPECT_EQ(take_now(), kA);
  clock_.advance(Duration(1000));
  EXPECT_EQ(take_now(), std::nullopt);
}

TEST_F(QueueTest, ADelayedKeyThatIsHeldComesAfterDone) {
  queue_.add(kA);
  ASSERT_EQ(queue_.take({}), kA);
  queue_.add_after(kA, Duration(10));
  clock_.advance(Duration(10));
  queue_.add(kB);
  ASSERT_EQ(queue_.take({}), kB);
  EXPECT_EQ(queue_.size(), 0u);
  queue_.done(kA);
  EXPECT_EQ(queue_.take({}), kA);
}

TEST_F(QueueTest, BackoffDoublesUpToItsLimitUntilForgotten) {
  const auto about = [](Duration got, int want) {
    return got >= Duration(want * 8 / 10) && got <= Duration(want * 12 / 10);
  };
  for (const int want : {100, 200, 400, 800, 1000, 1000}) EXPECT_TRUE(about(queue_.add_with_backoff(kA), want)) << want;
  EXPECT_TRUE(about(queue_.add_with_backoff(kB), 100));
  queue_.forget(kA);
  EXPECT_TRUE(about(queue_.add_with_backoff(kA), 100));
}

TEST_F(QueueTest, BackoffIsNeverShorterThanAsked) {
  EXPECT_EQ(queue_.add_with_backoff(kA, Duration(7000)), Duration(7000));
  EXPECT_EQ(metrics_.value("workqueue_retries_total", {{"name", "q"}, {"controller", "q"}}), 1);
}

TEST_F(QueueTest, WhatAServerAskedForIsWaitedForWhoeverAddsTheKey) {
  queue_.add_after(kA, Duration(500));
  queue_.add(kA);
  ASSERT_EQ(queue_.take({}), kA);
  queue_.add(kA);
  queue_.add_with_backoff(kA, Duration(2000));
  queue_.done(kA);
  queue_.add(kA);
  queue_.add_after(kA, Duration(1));
  clock_.advance(Duration(1999));
  EXPECT_EQ(take_now(), std::nullopt);
  clock_.advance(Duration(1));
  EXPECT_EQ(take_now(), kA);
  queue_.add(kA);
  EXPECT_EQ(take_now(), kA) << "and only once";
}

TEST_F(QueueTest, AnEventEndsABackoffThatNoServerAskedFor) {
  queue_.add_with_backoff(kA);
  queue_.add(kA);
  EXPECT_EQ(take_now(), kA);
}

TEST_F(QueueTest, ClearForgetsAllThatNobodyHolds) {
  queue_.add(kA);
  ASSERT_EQ(queue_.take({}), kA);
  queue_.add(kA);
  queue_.add(kB);
  queue_.add_after(kC, Duration(1));
  queue_.clear();
  queue_.done(kA);
  clock_.advance(Duration(10));
  EXPECT_EQ(take_now(), std::nullopt);
  EXPECT_EQ(queue_.size(), 0u);
}

TEST_F(QueueTest, ALowKeyIsPassedOverForItsPatienceOnly) {
  queue_.add(kA, Priority::kLow);
  clock_.advance(Duration(4999));
  queue_.add(kB);
  clock_.advance(Duration(2));
  queue_.add(kC);
  EXPECT_EQ(queue_.take({}), kB);
  EXPECT_EQ(queue_.take({}), kA);
  EXPECT_EQ(queue_.take({}), kC);
}

TEST_F(QueueTest, ALowKeyIsServedThoughNormalOnesNeverEnd) {
  queue_.add(kA, Priority::kLow);
  int passed = 0;
  while (passed < 1000) {
    queue_.add(kB);
    const auto key = queue_.take({});
    queue_.done(*key);
    if (*key == kA) break;
    ++passed;
    clock_.advance(Duration(100));
  }
  EXPECT_EQ(passed, 50);
}

TEST_F(QueueTest, ARetryKeepsThePriorityThatItsKeyWasTakenWith) {
  queue_.add(kA, Priority::kLow);
  ASSERT_EQ(queue_.take({}), kA);
  queue_.add_with_backoff(kA);
  queue_.done(kA);
  clock_.advance(Duration(200));
  queue_.add(kB);
  EXPECT_EQ(queue_.take({}), kB);
  EXPECT_EQ(queue_.take({}), kA);
}

TEST_F(QueueTest, DepthIsByPriorityAndWorkInProgressIsSeen) {
  queue_.add(kA);
  queue_.add(kB);
  queue_.add(kC, Priority::kLow);
  ASSERT_EQ(queue_.take({}), kA);
  clock_.advance(Duration(2000));
  ASSERT_EQ(queue_.take({}), kB);
  clock_.advance(Duration(1000));
  const std::string text = metrics_.text();
  const std::string labels = R"({name="q",controller="q")";
  EXPECT_THAT(text, HasSubstr("workqueue_depth" + labels + R"(,priority="0"} 0)"));
  EXPECT_THAT(text, HasSubstr("workqueue_depth" + labels + R"(,priority="-100"} 1)"));
  EXPECT_THAT(text, HasSubstr("workqueue_unfinished_work_seconds" + labels + "} 4\n"));
  EXPECT_THAT(text, HasSubstr("workqueue_longest_running_processor_seconds" + labels + "} 3\n"));
  EXPECT_THAT(text, HasSubstr("workqueue_adds_total" + labels + "} 3\n"));
}

TEST_F(QueueTest, AStopEndsTheWait) {
  std::stop_source stop;
  std::optional<Key> got = kA;
  std::jthread worker([&] { got = queue_.take(stop.get_token()); });
  stop.request_stop();
  worker.join();
  EXPECT_EQ(got, std::nullopt);
}

TEST(QueueThreads, ASoonerWishWakesAWorkerThatSleepsForALaterOne) {
  const SystemClock clock;
  Metrics metrics;
  Queue queue("q", clock, metrics);
  queue.add_after(kA, std::chrono::hours(1));
  std::atomic<bool> got = false;
  std::stop_source stop;
  std::jthread worker([&] { got = queue.take(stop.get_token()) == kB; });
  // Long enough for the worker to sleep; when it does not yet, the test is only weaker.
  std::this_thread::sleep_for(Duration(50));
  queue.add_after(kB, Duration(20));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(support::eventually([&] { return got.load(); }));
  // The sleep is bounded by ten seconds: far from there, it was the wish that woke it.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  stop.request_stop();
}

TEST(QueueThreads, AKeyComesInTimeThoughWhoWatchedForItIsAtWork) {
  const SystemClock clock;
  Metrics metrics;
  Queue queue("q", clock, metrics);
  std::atomic<bool> got = false, release = false;
  std::stop_source stop;
  std::vector<std::jthread> workers;
  for (int i = 0; i < 3; ++i)
    workers.emplace_back([&] {
      while (const auto key = queue.take(stop.get_token())) {
        if (*key == kB) got = true;
        while (*key == kA && !release) std::this_thread::yield();
        queue.done(*key);
      }
    });
  std::this_thread::sleep_for(Duration(50));
  queue.add_after(kB, Duration(100));
  queue.add(kA);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(support::eventually([&] { return got.load(); }));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  release = true;
  stop.request_stop();
}

TEST(QueueThreads, WhoCameLastIsCalledFirst) {
  WaitingRoom room;
  std::mutex mutex;
  std::vector<int> order;
  std::stop_source stop;
  std::vector<std::jthread> guests;
  for (int i = 0; i < 3; ++i) {
    guests.emplace_back([&, i] {
      std::unique_lock lock(mutex);
      order.push_back(i);
      room.wait(lock, stop.get_token(), std::nullopt);
      order.push_back(i);
    });
    ASSERT_TRUE(support::eventually([&] { return (std::lock_guard(mutex), order.size() == std::size_t(i) + 1); }));
  }
  for (std::size_t called = 1; called <= 3; ++called) {
    (std::lock_guard(mutex), room.call_one());
    ASSERT_TRUE(support::eventually([&] { return (std::lock_guard(mutex), order.size() == 3 + called); }));
  }
  EXPECT_EQ(order, (std::vector{0, 1, 2, 2, 1, 0}));
}

TEST(QueueThreads, NoTwoWorkersHoldOneKey) {
  const SystemClock clock;
  Metrics metrics;
  Queue queue("q", clock, metrics);
  constexpr int kKeys = 3, kAdds = 3000;
  std::atomic<int> inside[kKeys] = {};
  std::atomic<bool> shared = false;
  std::atomic<int> taken = 0;
  std::stop_source stop;
  std::vector<std::jthread> workers;
  for (int i = 0; i < 4; ++i)
    workers.emplace_back([&] {
      while (const auto key = queue.take(stop.get_token())) {
        std::atomic<int>& count = inside[key->name[0] - 'a'];
        if (++count > 1) shared = true;
        std::this_thread::yield();
        ++taken;
        --count;
        queue.done(*key);
      }
    });
  for (int i = 0; i < kAdds; ++i) queue.add({"n", std::string(1, static_cast<char>('a' + i % kKeys))});
  EXPECT_TRUE(support::eventually([&] { return queue.size() == 0 && inside[0] + inside[1] + inside[2] == 0; }));
  stop.request_stop();
  workers.clear();
  EXPECT_FALSE(shared);
  EXPECT_GE(taken, kKeys);
}

}  // namespace
}  // namespace gyre::runtime
