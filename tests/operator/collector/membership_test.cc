#include "operator/collector/membership.h"

#include <gtest/gtest.h>

#include "tests/operator/collector/samples.h"

namespace gyre::collector {
namespace {

using News = Membership::News;

wire::AgentReport report(const std::string& pod, Time heard = kNow, std::int64_t generation = 1,
                         std::int64_t idle_milliseconds = 0) {
  wire::SyncRequest last{.service = "churn", .revision = "12345678", .generation = generation};
  last.idle_milliseconds = idle_milliseconds;
  return {pod, "uid-" + pod, heard, last};
}

TEST(Membership, ListsAgentsByPodName) {
  Membership members;
  members.heard(kService, report("b"));
  members.heard(kService, report("a"));
  members.heard({"ml", "other"}, report("c"));
  const auto agents = members.agents(kService, kNow);
  ASSERT_EQ(agents.size(), 2U);
  EXPECT_EQ(agents[0].pod, "a");
  EXPECT_EQ(agents[1].pod, "b");
}

TEST(Membership, KeepsTheLastReportOfAPod) {
  Membership members;
  members.heard(kService, report("a", kNow, 1));
  members.heard(kService, report("a", kNow + 1s, 2));
  ASSERT_EQ(members.agents(kService, kNow).size(), 1U);
  EXPECT_EQ(members.agents(kService, kNow)[0].last.generation, 2);
}

TEST(Membership, LeavesOutThoseThatFellSilent) {
  Membership members;
  members.heard(kService, report("a"));
  EXPECT_EQ(members.agents(kService, kNow + kAgentAge).size(), 1U);
  EXPECT_EQ(members.agents(kService, kNow + kAgentAge + 1ms).size(), 0U);
}

TEST(Membership, CountsTheAgentsOfAllServices) {
  Membership members;
  members.heard(kService, report("a"));
  members.heard({"ml", "other"}, report("b", kNow + 30s));
  EXPECT_EQ(members.size(kNow + 30s), 2U);
  EXPECT_EQ(members.size(kNow + 70s), 1U) << "one is silent, but not forgotten yet";
}

TEST(Membership, ForgetsTheSilentAndSaysWhose) {
  Membership members;
  members.heard(kService, report("a"));
  members.heard({"ml", "other"}, report("b", kNow + 30s));
  EXPECT_EQ(members.forget_old(kNow + 70s), std::vector<Key>{kService});
  EXPECT_EQ(members.forget_old(kNow + 70s), std::vector<Key>{});
}

TEST(Membership, IsNewsOnlyWhenSomethingTurns) {
  Membership members;
  EXPECT_EQ(members.heard(kService, report("a")), News::kChange) << "a new agent";
  EXPECT_EQ(members.heard(kService, report("a", kNow + 1s)), News::kNothing) << "the same again";
  EXPECT_EQ(members.heard(kService, report("a", kNow, 1, 5000)), News::kNothing) << "idle, not yet drained";
  EXPECT_EQ(members.heard(kService, report("a", kNow, 1, 10000)), News::kChange) << "drained";
  EXPECT_EQ(members.heard(kService, report("a", kNow, 1, 11000)), News::kNothing) << "still drained";
  EXPECT_EQ(members.heard(kService, report("a", kNow, 2, 12000)), News::kChange) << "routes acknowledged";
}

}  // namespace
}  // namespace gyre::collector
