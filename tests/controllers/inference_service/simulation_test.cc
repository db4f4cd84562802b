// Whole rollouts, second by second.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controllers/inference_service/world.h"

namespace gyre::inference_service {
namespace {

using testing::ElementsAre;

bool is_over(const World& world) { return world.outcome() != "none" && !world.status().rollout; }

World about_to_roll_out() {
  World world = serving(2);
  world.steps({weight(10), judge(), weight(50), wait_for(5s), judge(), weight(100)}).metrics({error_rate()}).version(2);
  return world;
}

// No moment of a rollout may be without pods behind the Service, or lose stable's.
void expect_safe(const World& world) {
  const std::string selected = world.selected();
  EXPECT_EQ(world.deployment(selected).spec.replicas, 2) << world.text();
  EXPECT_GE(world.deployment(selected).status.ready_replicas, 2) << world.text();
  const auto& status = world.status();
  if (!status.canary || status.rollout->weight == 0) return;
  const int ready = world.deployment(status.canary->revision).status.ready_replicas;
  EXPECT_GE(ready * 100, status.rollout->weight * 2 - 99) << world.text() << " with " << ready << " pods";
}

TEST(Simulation, FromStartToPromoted) {
  World world = about_to_roll_out();
  for (int i = 0; i < 90 && !is_over(world); ++i) expect_safe(world.second(20));
  ASSERT_TRUE(is_over(world)) << world.text() << " " << world.status().rollout->message;
  EXPECT_EQ(world.text(), "digits-2");
  world.second();
  EXPECT_EQ(world.selected(), world.hash(2));
  EXPECT_THAT(world.deployments(), ElementsAre("digits-" + world.hash(2)));
  EXPECT_EQ(world.pods_made(), 2);
  EXPECT_EQ(world.condition(kReady), "True/Serving");
}

TEST(Simulation, FromStartToRolledBack) {
  World world = about_to_roll_out();
  for (int i = 0; i < 60 && !is_over(world); ++i) expect_safe(world.second(20, 10));
  ASSERT_TRUE(is_over(world)) << world.text();
  EXPECT_EQ(world.outcome(), "RolledBack");
  world.second();
  EXPECT_THAT(world.deployments(), ElementsAre("digits-" + world.hash(1)));
  EXPECT_EQ(world.pods_made(), 2);
}

// The leader dies every so many seconds: often enough to be in the middle of everything, rarely enough that an interval
// is measured now and then.
class LeaderDies : public testing::TestWithParam<int> {};

TEST_P(LeaderDies, AndTheOutcomeIsTheSame) {
  World world = about_to_roll_out();
  for (int i = 1; i <= 200 && !is_over(world); ++i) {
    expect_safe(world.second(20));
    if (i % GetParam() == 0) world.leader_dies().reconcile();
  }
  ASSERT_TRUE(is_over(world)) << world.text() << " " << world.status().rollout->message;
  EXPECT_EQ(world.outcome(), "Promoted");
  world.second();
  EXPECT_THAT(world.deployments(), ElementsAre("digits-" + world.hash(2)));
  EXPECT_EQ(world.pods_made(), 2);
  EXPECT_EQ(world.status().attempt, 1);
}

INSTANTIATE_TEST_SUITE_P(Every, LeaderDies, testing::Values(13, 17, 23, 31));

TEST(LeaderOfASecond, ARolloutWithoutAnalysisStillEnds) {
  World world = serving(2);
  world.steps({weight(10), wait_for(5s), weight(50)}).version(2);
  int reconciles = 0;
  for (; reconciles < 60 && !is_over(world); ++reconciles) {
    expect_safe(world.second(20));
    world.leader_dies();
  }
  ASSERT_TRUE(is_over(world)) << world.text();
  EXPECT_EQ(world.outcome(), "Promoted");
  EXPECT_EQ(world.status().attempt, 1);
}

// Without samples nothing is judged, so nothing is promoted, and nothing that is healthy goes back.
TEST(LeaderOfASecond, AnAnalysisWaits) {
  World world = about_to_roll_out();
  for (int i = 0; i < 120; ++i) {
    expect_safe(world.second(20, 20));
    world.leader_dies();
  }
  EXPECT_EQ(world.text(), "digits-1 > digits-2 10% Stepping 1");
}

// The status was written and the rest was lost, or the other way round.
TEST(Restart, AfterTheObjectsButBeforeTheStatusRepeatsThemOnly) {
  World world = about_to_roll_out();
  for (int i = 0; i < 90 && !is_over(world); ++i) {
    world.later(1s).pods_come().agents_follow().traffic(20);
    const ServicePlan lost = world.plan();
    const ServicePlan again = world.plan();
    EXPECT_EQ(lost.applies, again.applies);
    EXPECT_EQ(lost.status, again.status) << world.text();
    world.reconcile();
  }
  EXPECT_EQ(world.text(), "digits-2");
}

}  // namespace
}  // namespace gyre::inference_service
