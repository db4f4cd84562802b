#include "operator/collector/agent_fleet.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/operator/collector/samples.h"

namespace gyre::collector {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kLong = 20'000;  // Milliseconds that no test lasts.

class Fleet : public testing::Test {
 protected:
  Fleet() { fleet_.open(); }

  std::future<wire::SyncResponse> ask(const std::string& service, std::int64_t wait_milliseconds) {
    return std::async(std::launch::async, [=, this] {
      return fleet_.sync({"ml", "default", service + "-pod", service + "-uid"},
                         {.service = service, .revision = "1", .wait_milliseconds = wait_milliseconds});
    });
  }
  void await_agents(std::size_t count) {
    while (fleet_.size() < count) std::this_thread::yield();
  }

  ManualClock clock_{kNow};
  AgentFleet fleet_{clock_, [](const Key&) {}, [](const Key&) { return 0; }};
};

TEST_F(Fleet, TellsRoutesToTheAgentsThatTheyAreFor) {
  auto churn = ask("churn", kLong);
  auto fraud = ask("fraud", 1000);
  await_agents(2);
  fleet_.publish({"ml", "churn"}, {.generation = 3});
  ASSERT_EQ(churn.wait_for(seconds(10)), std::future_status::ready);
  EXPECT_EQ(churn.get().routes->generation, 3);
  EXPECT_FALSE(fraud.get().routes);
}

TEST_F(Fleet, TellsWhatWasPublishedBeforeTheyCame) {
  fleet_.publish({"ml", "churn"}, {.generation = 3});
  EXPECT_EQ(ask("churn", kLong).get().routes->generation, 3);
}

TEST_F(Fleet, TellsTheAgentsOfAServiceNothingOfTheOneThatHadItsName) {
  fleet_.publish({"ml", "churn"}, {.generation = 7});
  fleet_.withdraw({"ml", "churn"});
  EXPECT_FALSE(ask("churn", 0).get().routes);
  fleet_.publish({"ml", "churn"}, {.generation = 1});
  EXPECT_EQ(ask("churn", kLong).get().routes->generation, 1);
}

TEST_F(Fleet, LetsAllGoWhenItCloses) {
  auto churn = ask("churn", kLong), fraud = ask("fraud", kLong);
  await_agents(2);
  fleet_.close();
  EXPECT_EQ(churn.wait_for(seconds(10)), std::future_status::ready);
  EXPECT_EQ(fraud.wait_for(seconds(10)), std::future_status::ready);
  EXPECT_EQ(fleet_.size(), 0U);
}

}  // namespace
}  // namespace gyre::collector
