// What sends a canary back, what only pauses it, and what people may say about it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controllers/inference_service/world.h"

namespace gyre::inference_service {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// Version 2 has ten percent of the requests and is about to be judged.
World judged(std::vector<AnalysisMetric> metrics = {error_rate()}) {
  World world = serving();
  world.version(2).steps({weight(10), judge(), wait_for_a_person()}).metrics(std::move(metrics));
  world.seconds_until([](const World& w) { return w.status().rollout && w.status().rollout->current_step == 1; }, 20);
  return world;
}

// Version 2 has ten percent of the requests and waits for a person.
World paused() {
  World world = serving();
  world.version(2).steps({weight(10), wait_for_a_person()});
  world.seconds_until([](const World& w) { return w.text() == "digits-1 > digits-2 10% Paused 1"; }, 20);
  return world;
}

World& seconds(World& world, int count, int requests = 0, int canary_errors = 0) {
  for (int i = 0; i < count; ++i) world.second(requests, canary_errors);
  return world;
}

// Going back

struct GoesBack {
  const char* what;
  std::function<void(World&)> happens;
  const char* outcome;
  const char* why;
  bool is_remembered;
};

class Back : public testing::TestWithParam<GoesBack> {};

TEST_P(Back, ToStable) {
  World world = paused();
  GetParam().happens(world);
  world.reconcile();
  EXPECT_EQ(world.text(), "digits-1 Draining") << GetParam().what;
  EXPECT_EQ(world.outcome(), GetParam().outcome);
  EXPECT_THAT(world.why(), HasSubstr(GetParam().why));
  EXPECT_THAT(world.status().failed_revisions, SizeIs(GetParam().is_remembered ? 1 : 0));
  EXPECT_EQ(world.status().traffic.at(0).requested, 100);
  EXPECT_EQ(world.selected(), world.hash(1));
  EXPECT_THAT(world.deployments(), SizeIs(2)) << "its pods go when nobody uses them";
  EXPECT_EQ(world.condition(kReady), "True/Serving") << "a failed canary is not a service that does not serve";
}

INSTANTIATE_TEST_SUITE_P(
    Table, Back,
    testing::Values(
        GoesBack{"its server keeps ending", [](World& w) { w.crash_loop(w.status().canary->revision); }, "RolledBack",
                 "container server of pod crashing: it ended with exit code 1", true},
        GoesBack{"so too when suspended", [](World& w) { w.crash_loop(w.status().canary->revision).suspend(true); },
                 "RolledBack", "no module named digits", true},
        GoesBack{"abort", [](World& w) { w.command("7", RolloutAction::kAbort); }, "Aborted",
                 "aborted by rolloutCommand 7", true},
        GoesBack{"abort when suspended", [](World& w) { w.suspend(true).command("7", RolloutAction::kAbort); },
                 "Aborted", "7", true},
        GoesBack{"a newer version", [](World& w) { w.version(3); }, "Superseded", "is wanted instead", false},
        GoesBack{"its version is gone", [](World& w) { w.version_gone(2); }, "Superseded", "is wanted instead", false}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(Back, DeletesTheCanaryOnceItIsIdle) {
  World world = paused();
  world.command("1", RolloutAction::kAbort).reconcile().later(11s).agents_follow().reconcile();
  EXPECT_EQ(world.text(), "digits-1");
  world.reconcile();
  EXPECT_THAT(world.deployments(), ElementsAre("digits-" + world.hash(1)));
  EXPECT_THAT(world.services(), ElementsAre("digits", "digits-" + world.hash(1)));
}

TEST(Back, KeepsTheCanaryUntilEveryAgentHasHeardOfIt) {
  World world = paused();
  world.command("1", RolloutAction::kAbort).reconcile().later(20s).agents_speak().reconcile();
  EXPECT_EQ(world.text(), "digits-1 Draining") << "stable's agent still runs routes with a canary";
  world.agents_follow().reconcile();
  EXPECT_EQ(world.text(), "digits-1");
}

TEST(Deadline, SendsACanaryBackThatDoesNotBecomeReady) {
  World world = serving();
  world.version(2).spec([](auto& spec) { spec.rollout.progress_deadline_seconds = 60; }).reconcile(2);
  world.later(60s).reconcile();
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Starting 0");
  world.later(1s).reconcile();
  EXPECT_EQ(world.text(), "digits-1 Draining");
  EXPECT_THAT(world.why(), HasSubstr("not ready after 60 s: waits for 1 of 1 pods"));
}

TEST(Deadline, OfTheRemainingPodsCountsFromThePromotion) {
  World world = serving(3);
  world.version(2).steps({wait_for_a_person()}).reconcile(2).pods_come().agents_follow().reconcile(2);
  ASSERT_EQ(world.text(), "digits-1 > digits-2 0% Paused 0");
  world.later(5h).agents_speak().command("1", RolloutAction::kPromoteFull).reconcile(3);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Promoting 0") << "the pause was long, not the start of the pods";
  world.later(11min).reconcile();
  EXPECT_EQ(world.outcome(), "RolledBack");
}

TEST(Deadline, DoesNotCountASuspension) {
  World world = serving(4);
  world.version(2).steps({weight(50)}).reconcile(2).pods_come().agents_follow().reconcile();
  ASSERT_EQ(world.text(), "digits-1 > digits-2 0% Stepping 0");
  world.suspend(true).reconcile().later(5h).suspend(false).reconcile(2);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Stepping 0") << "three more pods were asked for just now";
}

TEST(LostPods, RollBackACanaryThatIsPaused) {
  World world = paused();
  const std::string canary = world.hash(2);
  world.pods_ready(canary, 0).later(29s).reconcile();
  EXPECT_EQ(world.outcome(), "none") << "they may come back";
  world.later(2s).reconcile();
  EXPECT_EQ(world.outcome(), "RolledBack");
  EXPECT_EQ(world.condition(kDegraded), "True/PodsLost");
}

// What has failed

TEST(Failed, IsRememberedAndNotTriedAgain) {
  World world = paused();
  const std::string failed = world.hash(2);
  world.crash_loop(failed);
  seconds(world, 120);
  EXPECT_EQ(world.text(), "digits-1");
  EXPECT_EQ(world.status().attempt, 1);
  EXPECT_EQ(world.condition(kDegraded), "True/CrashLoop");
  EXPECT_THAT(world.message(kDegraded), HasSubstr("action Retry tries it again"));
  EXPECT_EQ(world.status().phase, ServicePhase::kDegraded);
}

TEST(Failed, IsNotTriedAfterAnUpgradeOrAPolicyChange) {
  World world = paused();
  world.command("1", RolloutAction::kAbort);
  seconds(world, 30);
  world.agent_image("agent:2").steps({}).leader_dies();
  seconds(world, 30);
  EXPECT_EQ(world.text(), "digits-1");
}

TEST(Failed, IsTriedAgainByRetry) {
  World world = paused();
  world.command("1", RolloutAction::kAbort);
  seconds(world, 30);
  world.command("2", RolloutAction::kRetry).reconcile();
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Starting 0");
  EXPECT_EQ(world.status().attempt, 2);
  EXPECT_THAT(world.status().failed_revisions, IsEmpty());
}

TEST(Failed, DoesNotKeepANewerVersionFromBeingTried) {
  World world = paused();
  world.command("1", RolloutAction::kAbort);
  seconds(world, 30);
  world.version(3).reconcile();
  EXPECT_EQ(world.text(), "digits-1 > digits-3 0% Starting 0");
}

TEST(Superseded, StartsAgainWithTheNewerVersion) {
  World world = paused();
  world.version(3);
  ASSERT_GE(world.seconds_until([](const World& w) { return w.text() == "digits-1 > digits-3 10% Paused 1"; }, 60), 0);
  EXPECT_EQ(world.status().attempt, 2);
  world.second();
  EXPECT_THAT(world.deployments(), testing::UnorderedElementsAre("digits-" + world.hash(1), "digits-" + world.hash(3)));
}

// Analysis

TEST(Analysis, OfAHealthyCanaryPasses) {
  World world = judged();
  EXPECT_GE(world.seconds_until([](const World& w) { return w.status().rollout->current_step == 2; }, 30), 20);
  EXPECT_EQ(world.count("AnalysisPassed"), 1);
}

TEST(Analysis, OfABrokenCanaryRollsBack) {
  World world = judged();
  const int took = world.seconds_until([](const World& w) { return w.outcome() == "RolledBack"; }, 30, 20, 10);
  EXPECT_GE(took, 10);
  EXPECT_EQ(world.status().failed_revisions.at(0).reason, "AnalysisFailed");
  EXPECT_THAT(world.why(), HasSubstr("errors: 50.0% of"));
}

TEST(Analysis, ToleratesAsManyFailuresAsItSays) {
  AnalysisMetric metric = error_rate();
  metric.failure_limit = 1;
  metric.count = 3;
  World world = judged({metric});
  seconds(world, 11, 20, 10);
  ASSERT_EQ(world.status().rollout->analysis.at(0).failed, 1);
  EXPECT_GE(world.seconds_until([](const World& w) { return w.status().rollout->current_step == 2; }, 40), 0);
}

TEST(Analysis, WithTooFewRequestsPausesAndNeverRollsBack) {
  World world = judged();
  seconds(world, 300);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 10% Paused 1");
  EXPECT_THAT(world.status().rollout->message, HasSubstr("0 requests on the canary, 10 are needed"));
  EXPECT_EQ(world.count("RolloutPaused"), 1);
  EXPECT_EQ(world.status().phase, ServicePhase::kPaused);
}

TEST(Analysis, WithoutFiguresPausesAndNeverRollsBack) {
  World world = judged();
  for (int i = 0; i < 300; ++i) world.later(1s).pods_come().agents_silent().reconcile();
  EXPECT_EQ(world.text(), "digits-1 > digits-2 10% Paused 1");
  EXPECT_THAT(world.status().rollout->message, HasSubstr("no agent of the stable revision reports"));
}

TEST(Analysis, ThatPausedIsNotMeasuredIntoAnotherMind) {
  World world = judged();
  seconds(world, 60);
  ASSERT_EQ(world.status().rollout->phase, RolloutPhase::kPaused);
  seconds(world, 60, 20, 20);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 10% Paused 1");
  world.command("1", RolloutAction::kPromote).reconcile();
  EXPECT_EQ(world.status().rollout->current_step, 2);
}

TEST(Analysis, OneGapIsTolerated) {
  World world = judged();
  for (int i = 0; i < 12; ++i) world.later(1s).agents_silent().reconcile();
  EXPECT_EQ(world.status().rollout->analysis.at(0).consecutive_errors, 1);
  EXPECT_GE(world.seconds_until([](const World& w) { return w.status().rollout->current_step == 2; }, 40), 0);
}

TEST(Analysis, TheWorstOfSeveralMetricsDecides) {
  AnalysisMetric lenient = error_rate();
  lenient.name = "lenient";
  lenient.max = 1;
  World world = judged({lenient, error_rate()});
  EXPECT_GE(world.seconds_until([](const World& w) { return w.outcome() == "RolledBack"; }, 30, 20, 10), 0);
  EXPECT_THAT(world.why(), HasSubstr("errors:"));
}

TEST(Analysis, CountsNothingOfBeforeItBegan) {
  World world = paused();
  seconds(world, 60, 20, 20);
  world.metrics({error_rate()}).steps({weight(10), wait_for(1s), judge(), wait_for_a_person()});
  EXPECT_GE(world.seconds_until([](const World& w) { return w.status().rollout->current_step == 3; }, 60), 0);
  EXPECT_EQ(world.outcome(), "none");
}

TEST(Analysis, UnderANewLeaderCountsNothingOfBeforeItBegan) {
  for (int second = 0; second < 12; ++second) {
    World world = paused();
    seconds(world, 60, 20, 20);
    world.metrics({error_rate()}).steps({weight(10), wait_for(1s), judge(), wait_for_a_person()});
    world.seconds_until([](const World& w) { return w.status().rollout->current_step == 2; }, 60);
    seconds(world, second, 20).leader_dies().reconcile();
    EXPECT_GE(world.seconds_until([](const World& w) { return w.status().rollout->current_step == 3; }, 60), 0);
    EXPECT_EQ(world.outcome(), "none") << "a leader that began at second " << second;
  }
}

// Commands

TEST(Command, PromoteEndsAPauseOnce) {
  World world = serving();
  world.version(2).steps({wait_for_a_person(), wait_for_a_person()});
  seconds(world, 5);
  ASSERT_EQ(world.text(), "digits-1 > digits-2 0% Paused 0");
  world.command("1", RolloutAction::kPromote);
  seconds(world, 5);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Paused 1") << "one command, one pause";
  world.command("2", RolloutAction::kPromote);
  seconds(world, 2);
  EXPECT_EQ(world.status().rollout->phase, RolloutPhase::kPromoting);
}

TEST(Command, PromoteWithoutAPauseDoesNothing) {
  World world = serving();
  world.version(2).steps({weight(10), wait_for_a_person()}).reconcile();
  world.command("1", RolloutAction::kPromote);
  seconds(world, 10);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 10% Paused 1");
  EXPECT_EQ(world.count("CommandIgnored"), 1);
}

TEST(Command, PromoteFullSkipsTheRest) {
  World world = serving();
  world.version(2).steps({weight(1), wait_for_a_person(), judge()}).metrics({error_rate()});
  seconds(world, 5);
  world.command("1", RolloutAction::kPromoteFull);
  EXPECT_GE(world.seconds_until([](const World& w) { return w.outcome() == "Promoted"; }, 10, 0), 0);
  EXPECT_EQ(world.count("AnalysisPassed"), 0);
}

TEST(Command, PromoteFullStillWaitsForThePods) {
  World world = serving(2);
  world.version(2).reconcile().command("1", RolloutAction::kPromoteFull).reconcile(5);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Promoting 0");
}

TEST(Command, AbortWinsOverAPromotionInProgress) {
  World world = serving();
  world.version(2);
  world.seconds_until([](const World& w) { return w.text() == "digits-1 > digits-2 100% Promoting 0"; }, 20);
  world.command("1", RolloutAction::kAbort).later(1s).agents_follow().reconcile();
  EXPECT_EQ(world.text(), "digits-1 Draining");
}

class Ignored : public testing::TestWithParam<RolloutAction> {};

TEST_P(Ignored, WithoutARollout) {
  World world = serving();
  world.command("1", GetParam()).reconcile(3);
  EXPECT_EQ(world.text(), "digits-1");
  EXPECT_EQ(world.count("CommandIgnored"), 1) << "said once";
  EXPECT_THAT(world.status().commands, ElementsAre("1"));
  EXPECT_TRUE(world.at_rest());

  world.version(2).steps({wait_for_a_person()});
  seconds(world, 10);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Paused 0") << "an old command is not for a later rollout";
}

INSTANTIATE_TEST_SUITE_P(Table, Ignored,
                         testing::Values(RolloutAction::kAbort, RolloutAction::kPromote, RolloutAction::kPromoteFull,
                                         RolloutAction::kRetry),
                         [](const auto& info) { return std::string(schema::enum_name(info.param)); });

TEST(Command, AbortWhileTheOldRevisionDrainsDoesNotUndoThePromotion) {
  World world = serving();
  world.version(2);
  world.seconds_until([](const World& w) { return w.text() == "digits-2 Draining"; }, 20);
  world.command("1", RolloutAction::kAbort);
  seconds(world, 30);
  EXPECT_EQ(world.text(), "digits-2");
}

// Suspension

TEST(Suspend, StartsNoRollout) {
  World world = serving();
  world.suspend(true).version(2);
  seconds(world, 5);
  EXPECT_EQ(world.text(), "digits-1");
  world.suspend(false).reconcile();
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Starting 0");
}

TEST(Suspend, MovesNoRollout) {
  World world = serving();
  world.version(2).steps({weight(10), wait_for(1s), weight(50)});
  world.seconds_until([](const World& w) { return w.status().rollout && w.status().rollout->weight == 10; }, 20);
  world.suspend(true);
  seconds(world, 60);
  EXPECT_EQ(world.status().rollout->weight, 10);
  EXPECT_THAT(world.status().rollout->message, HasSubstr("suspended by spec.suspend"));
  world.suspend(false);
  EXPECT_GE(world.seconds_until([](const World& w) { return w.text() == "digits-2"; }, 60), 0);
}

}  // namespace
}  // namespace gyre::inference_service
