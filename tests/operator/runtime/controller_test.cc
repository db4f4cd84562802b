#include "operator/runtime/controller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "crds/builtin/config_map.h"
#include "crds/builtin/job.h"
#include "operator/runtime/fate.h"
#include "tests/support/eventually.h"
#include "tests/support/raw_object.h"

namespace gyre::runtime {
namespace {

using support::eventually;
using testing::HasSubstr;

struct FateCase {
  Code code;
  Fate fate;
};

TEST(Fates, TheCodeDecides) {
  const FateCase cases[] = {
      {Code::kConflict, Fate::kSoon},    {Code::kAlreadyExists, Fate::kSoon}, {Code::kNotFound, Fate::kSoon},
      {Code::kGone, Fate::kSoon},        {Code::kThrottled, Fate::kRetry},    {Code::kUnavailable, Fate::kRetry},
      {Code::kTimeout, Fate::kRetry},    {Code::kUnauthorized, Fate::kRetry}, {Code::kMismatch, Fate::kRetry},
      {Code::kForbidden, Fate::kSlowly}, {Code::kInvalid, Fate::kWait},       {Code::kCancelled, Fate::kStopped},
      {Code::kInternal, Fate::kBug}};
  for (const auto& [code, fate] : cases) EXPECT_EQ(fate_of({code, "", "", {}}), fate) << to_string(code);
}

// Answers what the test says, and keeps what it was asked.
class Scripted final : public Reconciler {
 public:
  Result<Next> reconcile(const Key& key) override {
    std::unique_lock lock(mutex_);
    keys_.push_back(key);
    unblocked_.wait(lock, [this] { return !blocked_; });
    if (throws_) throw std::runtime_error("a library's");
    return result_;
  }
  void answer(Result<Next> result) {
    const std::lock_guard lock(mutex_);
    result_ = std::move(result);
    throws_ = false;
  }
  void throw_next() {
    const std::lock_guard lock(mutex_);
    throws_ = true;
  }
  void block() {
    const std::lock_guard lock(mutex_);
    blocked_ = true;
  }
  void unblock() {
    const std::lock_guard lock(mutex_);
    blocked_ = false;
    unblocked_.notify_all();
  }
  std::vector<Key> keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Key> keys_;
  Result<Next> result_ = Next{};
  bool throws_ = false;
  bool blocked_ = false;
  std::condition_variable unblocked_;
};

class ControllerTest : public testing::Test {
 protected:
  ControllerTest() {
    auto reconciler = std::make_unique<Scripted>();
    script_ = reconciler.get();
    controller_.emplace("c", std::move(reconciler), 2, cache_, clock_, metrics_);
    controller_->reconciles<Job>().owns<ConfigMap>();
  }
  void run() {
    thread_ = std::jthread([this](std::stop_token stop) { controller_->run(stop); });
    // The controller ignores what happens before it runs; a key that it must see shows that it does.
    ASSERT_TRUE(eventually([&] {
      controller_->wake({"n", "first"});
      return !script_->keys().empty();
    }));
  }
  // How often a key was reconciled.
  long times(const std::string& name) const {
    const auto keys = script_->keys();
    return std::count(keys.begin(), keys.end(), Key{"n", name});
  }
  bool reaches(const std::string& name, long count) {
    return eventually([&] { return times(name) >= count; });
  }
  void put_job(const std::string& name, const std::string& version) {
    put<Job>({{"metadata", {{"namespace", "n"}, {"name", name}, {"resourceVersion", version}}}});
  }
  // A child of that owner.
  void put_map(const std::string& version, const char* kind, const char* owner) {
    put<ConfigMap>(
        {{"metadata",
          {{"namespace", "n"},
           {"name", "child"},
           {"resourceVersion", version},
           {"ownerReferences",
            {{{"apiVersion", "batch/v1"}, {"kind", kind}, {"name", owner}, {"uid", owner}, {"controller", true}}}}}}});
  }
  template <class T>
  void put(const nlohmann::json& object) {
    ASSERT_TRUE(store(kind_of(Type<T>{})).upsert(support::raw_object(object)));
  }
  ObjectStore& store(const Kind& kind) { return cache_.entries().at(kind)->store; }
  double errors() const { return metrics_.value("controller_runtime_reconcile_errors_total", {{"controller", "c"}}); }
  double total(const char* result) const {
    return metrics_.value("controller_runtime_reconcile_total", {{"controller", "c"}, {"result", result}});
  }

  const SystemClock clock_;
  Metrics metrics_;
  Cache cache_;
  Scripted* script_ = nullptr;
  std::optional<Controller> controller_;
  std::jthread thread_;
};

TEST_F(ControllerTest, EverythingIsLookedAtOnceAtTheStart) {
  put_job("a", "1");
  put_job("b", "2");
  run();
  EXPECT_TRUE(reaches("a", 1));
  EXPECT_TRUE(reaches("b", 1));
}

TEST_F(ControllerTest, AChangeWakesItsObjectAndAChildItsOwner) {
  run();
  put_job("a", "1");
  EXPECT_TRUE(reaches("a", 1));
  put_map("2", "Job", "owner");
  EXPECT_TRUE(reaches("owner", 1));
  store(kind_of(Type<ConfigMap>{})).erase({"n", "child"}, "3");
  EXPECT_TRUE(reaches("owner", 2));
}

TEST_F(ControllerTest, AChildOfAnotherKindWakesNobody) {
  run();
  put_map("1", "CronJob", "stranger");
  put_job("a", "2");
  ASSERT_TRUE(reaches("a", 1));
  EXPECT_EQ(times("stranger"), 0);
}

TEST_F(ControllerTest, AChildThatChangesItsOwnerWakesBoth) {
  run();
  put_map("1", "Job", "old");
  ASSERT_TRUE(reaches("old", 1));
  put_map("2", "Job", "new");
  EXPECT_TRUE(reaches("new", 1));
  EXPECT_TRUE(reaches("old", 2));
}

TEST_F(ControllerTest, AConflictComesAgainAndIsNoError) {
  run();
  script_->answer(fail(Code::kConflict, "Conflict", "somebody wrote first"));
  controller_->wake({"n", "a"});
  EXPECT_TRUE(reaches("a", 2));
  EXPECT_EQ(errors(), 0);
  EXPECT_GE(total("requeue"), 1);
}

TEST_F(ControllerTest, AnUnreachableServerIsTriedAgainUntilItAnswers) {
  run();
  script_->answer(fail(Code::kUnavailable, "Unreachable", "down"));
  controller_->wake({"n", "a"});
  ASSERT_TRUE(reaches("a", 3));
  script_->answer(Next{});
  const long before = times("a");
  EXPECT_TRUE(reaches("a", before + 1));
  EXPECT_TRUE(eventually([&] { return errors() >= 3; }));
}

TEST_F(ControllerTest, WhatOnlyTheUserCanMendWaitsForAChange) {
  run();
  script_->answer(fail(Code::kInvalid, "Invalid", "no such field"));
  controller_->wake({"n", "a"});
  ASSERT_TRUE(reaches("a", 1));
  // Another key that is tried again several times leaves enough room for the first to be, if it were.
  script_->answer(fail(Code::kUnavailable, "Unreachable", "down"));
  controller_->wake({"n", "b"});
  ASSERT_TRUE(reaches("b", 3));
  EXPECT_EQ(times("a"), 1);
  EXPECT_GE(metrics_.value("controller_runtime_terminal_reconcile_errors_total", {{"controller", "c"}}), 1);
  put_job("a", "1");
  EXPECT_TRUE(reaches("a", 2));
}

TEST_F(ControllerTest, AServerThatAsksForTimeGetsItHoweverOften) {
  run();
  Error throttled{Code::kThrottled, "TooManyRequests", "later", 0.3};
  script_->answer(fail(throttled));
  controller_->wake({"n", "a"});
  ASSERT_TRUE(reaches("a", 1));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(reaches("a", 3));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(600) - std::chrono::milliseconds(20));
}

TEST_F(ControllerTest, WorkersAreCounted) {
  EXPECT_EQ(metrics_.value("controller_runtime_max_concurrent_reconciles", {{"controller", "c"}}), 2);
  run();
  script_->block();
  controller_->wake({"n", "a"});
  controller_->wake({"n", "b"});
  controller_->wake({"n", "c"});
  const auto active = [&](const char* workers) {
    return metrics_.text().find(std::string(R"(controller_runtime_active_workers{controller="c"} )") + workers +
                                "\n") != std::string::npos;
  };
  EXPECT_TRUE(eventually([&] { return active("2"); }));
  script_->unblock();
  EXPECT_TRUE(eventually([&] { return active("0"); }));
}

TEST_F(ControllerTest, AnExceptionIsABugAndEndsNothing) {
  run();
  script_->throw_next();
  controller_->wake({"n", "a"});
  EXPECT_TRUE(reaches("a", 2));
  EXPECT_GE(metrics_.value("controller_runtime_reconcile_panics_total", {{"controller", "c"}}), 1);
  script_->answer(Next{});
  controller_->wake({"n", "b"});
  EXPECT_TRUE(reaches("b", 1));
}

TEST_F(ControllerTest, AnAnswerMayAskToBeLookedAtAgain) {
  run();
  script_->answer(Next{Duration(5)});
  controller_->wake({"n", "a"});
  EXPECT_TRUE(reaches("a", 3));
  EXPECT_GE(total("requeue_after"), 2);
}

TEST_F(ControllerTest, AStoppedControllerIgnoresWhatHappens) {
  run();
  thread_ = {};
  const std::size_t before = script_->keys().size();
  controller_->wake({"n", "a"});
  put_job("b", "1");
  EXPECT_THAT(metrics_.text(), HasSubstr(R"(workqueue_depth{name="c",controller="c",priority="0"} 0)"));
  // A second term starts with everything that is.
  thread_ = std::jthread([this](std::stop_token stop) { controller_->run(stop); });
  ASSERT_TRUE(reaches("b", 1));
  EXPECT_EQ(times("a"), 0);
  EXPECT_EQ(script_->keys().size(), before + 1);
}

}  // namespace
}  // namespace gyre::runtime
