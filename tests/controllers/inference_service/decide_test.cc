#include "controllers/inference_service/decide.h"

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

// First revision

TEST(First, WithoutAnApprovedVersionNothingIsMade) {
  World world;
  world.reconcile();
  EXPECT_THAT(world.plan().applies, IsEmpty());
  EXPECT_EQ(world.condition(kReady), "False/NoApprovedVersion");
  EXPECT_EQ(world.condition(kProgressing), "False/NoApprovedVersion");
  EXPECT_EQ(world.status().phase, ServicePhase::kPending);
  EXPECT_TRUE(world.at_rest());
}

TEST(First, IsInStatusBeforeItsPodsAreMade) {
  World world;
  world.version(1).reconcile();
  EXPECT_EQ(world.status().stable->revision, world.hash(1));
  EXPECT_EQ(world.status().routes_generation, 1);
  EXPECT_THAT(world.revisions(), ElementsAre("digits-" + world.hash(1)));
  EXPECT_THAT(world.deployments(), IsEmpty());

  world.reconcile();
  EXPECT_THAT(world.deployments(), ElementsAre("digits-" + world.hash(1)));
  EXPECT_THAT(world.services(), ElementsAre("digits", "digits-" + world.hash(1)));
  EXPECT_EQ(world.selected(), world.hash(1));
  EXPECT_EQ(world.condition(kReady), "False/NotServing");
}

TEST(First, IsReadyOnceAPodIs) {
  World world = serving(2);
  world.pods_ready(world.hash(1), 1).reconcile();
  EXPECT_EQ(world.condition(kReady), "True/Serving");
  EXPECT_EQ(world.message(kReady), "digits-1 serves with 1 of 2 pods");
  EXPECT_EQ(world.status().url, "http://digits.ml.svc");
  ASSERT_EQ(world.status().traffic.size(), 1u);
  EXPECT_EQ(world.status().traffic[0].requested, 100);
}

TEST(First, ThatCannotStartSaysWhy) {
  World world;
  world.version(1).reconcile(2).crash_loop(world.hash(1)).reconcile();
  EXPECT_EQ(world.condition(kReady), "False/NotServing");
  EXPECT_THAT(world.message(kReady),
              HasSubstr("container server of pod crashing: it ended with exit code 1: no module"));
}

TEST(First, ThatEndsWellAgainAndAgainSaysSo) {
  World world;
  world.version(1).reconcile(2).crash_loop(world.hash(1), 0).reconcile();
  EXPECT_THAT(world.message(kReady), HasSubstr("container server of pod crashing: it ended with exit code 0"));
}

TEST(First, OfSeveralIsTheHighestNumber) {
  World world;
  world.version(2).version(10).version(9).reconcile();
  EXPECT_EQ(world.text(), "digits-10");
}

struct PinCase {
  const char* what;
  std::function<void(ModelSelector&)> pin;
  const char* stable;
  const char* ready;
};

class Pin : public testing::TestWithParam<PinCase> {};

TEST_P(Pin, Chooses) {
  World world;
  world.version(1).version(2).spec([](auto& spec) { GetParam().pin(spec.model); }).reconcile();
  EXPECT_EQ(world.text(), GetParam().stable) << GetParam().what;
  EXPECT_EQ(world.condition(kReady), GetParam().ready);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Pin,
    testing::Values(PinCase{"none", [](auto&) {}, "digits-2", "False/NotServing"},
                    PinCase{"a number", [](auto& m) { m.version = 1; }, "digits-1", "False/NotServing"},
                    PinCase{"a digest", [](auto& m) { m.digest = digest_of('b'); }, "digits-1", "False/NotServing"},
                    PinCase{"an absent number", [](auto& m) { m.version = 7; }, "nothing", "False/ReferenceNotFound"}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(First, WithoutItsRuntimeIsStalledAndSaysSoOnce) {
  World world;
  world.version(1).spec([](auto& spec) {
    spec.predictor.template_ = nullptr;
    spec.predictor.runtime = "mlserver";
  });
  world.reconcile();
  EXPECT_EQ(world.condition(kStalled), "True/ReferenceNotFound");
  EXPECT_EQ(world.condition(kReady), "False/ReferenceNotFound");
  EXPECT_EQ(world.condition(kProgressing), "False/ReferenceNotFound");
  EXPECT_EQ(world.condition(kDegraded), "False/NothingServed");
  EXPECT_THAT(world.message(kStalled), HasSubstr("has no \"mlserver\""));
  world.later(30s);
  EXPECT_TRUE(world.at_rest()) << "or it would write its status for ever";

  world.catalogue("spec: {containers: [{name: server, image: 'mlserver:1'}]}").reconcile();
  EXPECT_EQ(world.text(), "digits-1");
  EXPECT_EQ(world.condition(kStalled), "absent");
}

TEST(Decide, AServiceBeingDeletedIsLeftAlone) {
  World world = serving();
  world.version(2).deleted();
  const ServicePlan plan = world.plan();
  EXPECT_THAT(plan.applies, IsEmpty());
  EXPECT_EQ(plan.status, world.status());
}

// At rest

TEST(AtRest, NothingIsLeftToDo) {
  World world = serving(2);
  EXPECT_TRUE(world.at_rest());
  EXPECT_FALSE(world.plan().requeue_after);
  EXPECT_EQ(world.status().phase, ServicePhase::kReady);
}

TEST(AtRest, AfterAPromotionToo) {
  World world = serving();
  world.version(2);
  ASSERT_GE(world.seconds_until([](const World& w) { return w.text() == "digits-2"; }, 60), 0) << world.text();
  world.second();
  EXPECT_TRUE(world.at_rest());
}

TEST(AtRest, AfterARollbackToo) {
  World world = serving();
  world.version(2).second().second().crash_loop(world.hash(2)).second();
  ASSERT_GE(world.seconds_until([](const World& w) { return w.text() == "digits-1"; }, 60), 0) << world.text();
  world.second();
  EXPECT_TRUE(world.at_rest());
}

TEST(AtRest, ADeletedDeploymentIsMadeAgain) {
  World world = serving();
  world.deployment_gone(world.hash(1)).reconcile();
  EXPECT_THAT(world.deployments(), ElementsAre("digits-" + world.hash(1)));
  EXPECT_EQ(world.condition(kDegraded), "True/PodsMissing");
}

TEST(AtRest, ADeletedControllerRevisionIsRenderedAgain) {
  World world = serving();
  world.revision_object_gone(world.hash(1)).reconcile();
  EXPECT_THAT(world.revisions(), ElementsAre("digits-" + world.hash(1)));
}

struct RestartsNothing {
  const char* what;
  std::function<void(World&)> change;
};

class Unaffected : public testing::TestWithParam<RestartsNothing> {};

TEST_P(Unaffected, KeepsItsPodsAndRoutes) {
  World world = serving(2);
  const nlohmann::json pod = world.deployment(world.hash(1)).spec.template_;
  const std::int64_t generation = world.status().routes_generation;
  GetParam().change(world);
  for (int i = 0; i < 5; ++i) world.second();
  EXPECT_EQ(world.text(), "digits-1") << GetParam().what;
  EXPECT_EQ(world.deployment(world.hash(1)).spec.template_, pod);
  EXPECT_EQ(world.status().routes_generation, generation);
  EXPECT_EQ(world.pods_made(), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Unaffected,
    testing::Values(RestartsNothing{"rollout policy",
                                    [](World& w) { w.steps({weight(5), judge()}).metrics({error_rate()}); }},
                    RestartsNothing{"agent image", [](World& w) { w.agent_image("agent:2"); }},
                    RestartsNothing{"catalogue", [](World& w) { w.catalogue("spec: {}"); }},
                    RestartsNothing{"more replicas", [](World& w) { w.replicas(5); }},
                    RestartsNothing{"an older version", [](World& w) { w.version(0); }},
                    RestartsNothing{"another version of the same bytes", [](World& w) { w.version(3, 'b'); }}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(Replicas, AreScaledInPlace) {
  World world = serving();
  world.replicas(4).reconcile();
  EXPECT_EQ(world.deployment(world.hash(1)).spec.replicas, 4);
  EXPECT_EQ(world.condition(kProgressing), "True/Starting");
}

TEST(Upgrade, OfTheOperatorReachesThePodsOfTheNextRevision) {
  World world = serving();
  world.agent_image("agent:2").version(2);
  world.seconds_until([](const World& w) { return w.text() == "digits-2"; }, 60);
  EXPECT_THAT(world.deployment(world.hash(2)).spec.template_.dump(), HasSubstr("agent:2"));
}

struct NewRevision {
  const char* what;
  std::function<void(InferenceServiceSpec&)> change;
};

class Affected : public testing::TestWithParam<NewRevision> {};

TEST_P(Affected, IsRolledOut) {
  World world = serving();
  world.spec(GetParam().change).reconcile();
  EXPECT_TRUE(world.status().canary) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Affected,
    testing::Values(
        NewRevision{"image", [](auto& s) { s.predictor.template_["spec"]["containers"][0]["image"] = "fastapi:2"; }},
        NewRevision{"environment",
                    [](auto& s) { s.predictor.template_["spec"]["containers"][0]["env"] = {{{"name", "A"}}}; }},
        NewRevision{"timeout", [](auto& s) { s.predictor.timeout_seconds = 5; }},
        NewRevision{"protocol", [](auto& s) { s.protocol = Protocol::kV1; }}),
    [](const auto& info) { return std::to_string(info.index); });

// Steps

TEST(Canary, StartsWithOnePodAndNoTraffic) {
  World world = serving(4);
  world.version(2).steps({weight(50)}).reconcile();
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Starting 0");
  EXPECT_EQ(world.status().attempt, 1);
  EXPECT_THAT(world.deployments(), ElementsAre("digits-" + world.hash(1))) << "intent comes before the act";
  world.reconcile();
  EXPECT_EQ(world.deployment(world.hash(2)).spec.replicas, 1);
  EXPECT_EQ(world.deployment(world.hash(1)).spec.replicas, 4);
  EXPECT_EQ(world.condition(kReady), "True/Serving");
}

TEST(Canary, WaitsForItsPod) {
  World world = serving();
  world.version(2).steps({weight(10)}).reconcile(5);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Starting 0");
  EXPECT_THAT(world.status().rollout->message, HasSubstr("waits for 1 of 1 pods of revision " + world.hash(2)));
  EXPECT_TRUE(world.plan().requeue_after);
  world.pods_come().agents_follow().reconcile();
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Stepping 0");
}

// A canary whose first pod is ready, about to take its first step.
World stepping(std::vector<RolloutStep> steps, int pods = 1) {
  World world = serving(pods);
  world.version(2).steps(std::move(steps)).metrics({error_rate()}).reconcile(2);
  world.pods_come().agents_follow().reconcile();
  return world;
}

TEST(Weight, IsSetOnlyOnceThePodsForItAreReady) {
  World world = stepping({weight(50)}, 4);
  world.reconcile(2);
  EXPECT_EQ(world.status().rollout->weight, 0) << "one pod cannot take half of four pods' load";
  EXPECT_EQ(world.deployment(world.hash(2)).spec.replicas, 2);
  world.pods_come().agents_speak().reconcile();
  EXPECT_EQ(world.status().rollout->weight, 50);
}

TEST(Weight, IsLeftOnlyOnceEveryAgentHasAcknowledged) {
  World world = stepping({weight(10), wait_for_a_person()}, 2);
  world.reconcile();
  ASSERT_EQ(world.text(), "digits-1 > digits-2 10% Stepping 0");
  EXPECT_EQ(world.status().traffic[1].requested, 10);
  EXPECT_EQ(world.status().traffic[1].effective, 0);

  world.agents_speak().reconcile(3);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 10% Stepping 0") << "they run older routes";
  world.agents_follow().agents_silent().reconcile(3);
  EXPECT_EQ(world.status().rollout->current_step, 0) << "nobody has said so";

  world.agents_speak().agents_follow().reconcile();
  EXPECT_EQ(world.status().rollout->current_step, 1);
  EXPECT_EQ(world.status().traffic[1].effective, 10);
  EXPECT_EQ(world.status().traffic[0].effective, 90);
}

TEST(Weight, OfAgentsThatFellSilentIsNotAcknowledged) {
  World world = stepping({weight(10), wait_for_a_person()});
  world.reconcile().agents_follow().later(6s).reconcile();
  EXPECT_EQ(world.status().rollout->current_step, 0);
}

TEST(Weight, GoingDownKeepsThePodsUntilTheTrafficIsAway) {
  World world = stepping({weight(100), weight(25), wait_for_a_person()}, 4);
  ASSERT_GE(world.seconds_until([](const World& w) { return w.status().rollout->current_step == 1; }, 10), 0);
  world.reconcile(2);
  EXPECT_EQ(world.status().rollout->weight, 25);
  EXPECT_EQ(world.deployment(world.hash(2)).spec.replicas, 4) << "all still send everything";
  world.agents_follow().reconcile(2);
  EXPECT_EQ(world.deployment(world.hash(2)).spec.replicas, 1);
}

TEST(Steps, AreTakenInOrder) {
  World world = serving();
  world.version(2).steps({weight(10), wait_for(30s), judge(), weight(50), wait_for_a_person()}).metrics({error_rate()});
  std::vector<std::string> texts;
  for (int i = 0; i < 120; ++i) {
    if (texts.empty() || texts.back() != world.text()) texts.push_back(world.text());
    world.second(20);
  }
  EXPECT_THAT(texts, ElementsAre("digits-1", "digits-1 > digits-2 0% Starting 0", "digits-1 > digits-2 0% Stepping 0",
                                 "digits-1 > digits-2 10% Stepping 0", "digits-1 > digits-2 10% Stepping 1",
                                 "digits-1 > digits-2 10% Paused 1", "digits-1 > digits-2 10% Stepping 2",
                                 "digits-1 > digits-2 10% Stepping 3", "digits-1 > digits-2 50% Stepping 3",
                                 "digits-1 > digits-2 50% Stepping 4", "digits-1 > digits-2 50% Paused 4"));
  EXPECT_EQ(world.status().phase, ServicePhase::kPaused);
  EXPECT_EQ(world.count("AnalysisPassed"), 1);
  EXPECT_EQ(world.count("RolloutPaused"), 2);
}

TEST(Pause, LastsAsLongAsItSays) {
  World world = stepping({wait_for(10min)});
  world.reconcile();
  EXPECT_EQ(world.plan().requeue_after, Duration(10min));
  world.later(10min - 1s).reconcile();
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Paused 0");
  world.later(1s).reconcile();
  EXPECT_EQ(world.status().rollout->current_step, 1);
}

TEST(Pause, WithoutDurationWaitsForAPersonAndAtRest) {
  World world = stepping({wait_for_a_person()});
  world.reconcile(2).later(24h).agents_speak().reconcile();
  EXPECT_TRUE(world.at_rest());
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Paused 0");
  EXPECT_EQ(world.count("RolloutPaused"), 1);
}

TEST(Policy, ChangedDuringARolloutAppliesFromThenOn) {
  World world = stepping({weight(10), wait_for_a_person()});
  world.second().second().second();
  ASSERT_EQ(world.text(), "digits-1 > digits-2 10% Paused 1");
  world.steps({weight(10), weight(30), wait_for_a_person()}).second();
  EXPECT_EQ(world.status().attempt, 1) << "the same rollout";
  EXPECT_EQ(world.status().rollout->weight, 30);
}

TEST(Routes, RiseOnlyWhenTheyChange) {
  World world = serving();
  EXPECT_EQ(world.status().routes_generation, 1);
  world.version(2).steps({weight(10), wait_for_a_person()}).reconcile();
  EXPECT_EQ(world.status().routes_generation, 2) << "a canary";
  for (int i = 0; i < 10; ++i) world.second();
  EXPECT_EQ(world.text(), "digits-1 > digits-2 10% Paused 1");
  EXPECT_EQ(world.status().routes_generation, 3) << "its weight";
  world.command("1", RolloutAction::kAbort);
  for (int i = 0; i < 60; ++i) world.second();
  EXPECT_EQ(world.status().routes_generation, 4) << "no canary";
}

// Promotion

TEST(Promotion, HasAllItsPodsBeforeItHasAllTheTraffic) {
  World world = stepping({}, 3);
  world.reconcile(2);
  EXPECT_EQ(world.text(), "digits-1 > digits-2 0% Promoting 0");
  EXPECT_EQ(world.status().canary->replicas, 3);
  EXPECT_EQ(world.selected(), world.hash(1));
}

TEST(Promotion, SwitchesStatusThenSelectorThenDrainsThenDeletes) {
  World world = stepping({}, 2);
  world.reconcile(3).pods_come().agents_speak().reconcile();
  ASSERT_EQ(world.text(), "digits-1 > digits-2 100% Promoting 0");
  world.agents_speak().reconcile();
  EXPECT_EQ(world.text(), "digits-1 > digits-2 100% Promoting 0") << "no agent has acknowledged";

  world.agents_follow().reconcile();
  EXPECT_EQ(world.text(), "digits-2 Draining");
  EXPECT_EQ(world.outcome(), "Promoted");
  EXPECT_EQ(world.selected(), world.hash(1)) << "intent first";
  world.reconcile();
  EXPECT_EQ(world.selected(), world.hash(2));
  EXPECT_THAT(world.deployments(), testing::SizeIs(2));
  EXPECT_EQ(world.deployment(world.hash(1)).spec.replicas, 2) << "old pods still get requests";

  world.later(11s).agents_follow().users_leave(world.hash(1), 3s).reconcile();
  EXPECT_EQ(world.text(), "digits-2 Draining") << "somebody asked three seconds ago";
  world.users_leave(world.hash(1), 10s).reconcile();
  EXPECT_EQ(world.text(), "digits-2");
  EXPECT_THAT(world.deployments(), testing::SizeIs(2));
  world.reconcile();
  EXPECT_THAT(world.deployments(), ElementsAre("digits-" + world.hash(2)));
  EXPECT_THAT(world.services(), ElementsAre("digits", "digits-" + world.hash(2)));
  EXPECT_THAT(world.revisions(), testing::SizeIs(2)) << "to go back to";
  EXPECT_EQ(world.pods_made(), 2) << "one model load a revision";
  EXPECT_THAT(world.status().history, ElementsAre("digits-1"));
}

TEST(Promotion, DrainsNoLongerThanItsLimit) {
  World world = stepping({});
  world.seconds_until([](const World& w) { return w.text() == "digits-2 Draining"; }, 20);
  world.later(89s).agents_follow().users_leave(world.hash(1), 0s).reconcile();
  EXPECT_EQ(world.text(), "digits-2 Draining");
  world.later(1s).agents_follow().reconcile();
  EXPECT_EQ(world.text(), "digits-2");
}

TEST(Promotion, WaitsLongEnoughForProxiesEvenWhenNobodyAsks) {
  World world = stepping({});
  world.seconds_until([](const World& w) { return w.text() == "digits-2 Draining"; }, 20);
  world.later(9s).agents_follow().reconcile();
  EXPECT_EQ(world.text(), "digits-2 Draining");
}

TEST(History, KeepsAsManyRevisionsAsAsked) {
  World world = serving();
  world.spec([](auto& spec) { spec.rollout.revision_history_limit = 2; });
  for (int number = 2; number <= 5; ++number) {
    world.version(number);
    world.seconds_until([&](const World& w) { return w.text() == fmt::format("digits-{}", number); }, 60);
    world.second();
  }
  EXPECT_THAT(world.revisions(), testing::UnorderedElementsAre("digits-" + world.hash(3), "digits-" + world.hash(4),
                                                               "digits-" + world.hash(5)));
  EXPECT_THAT(world.status().history, ElementsAre("digits-4", "digits-3"));
}

TEST(Rollback, ToAnOlderVersionByPinUsesThePodItHadBefore) {
  World world = serving();
  const nlohmann::json pod = world.deployment(world.hash(1)).spec.template_;
  world.agent_image("agent:2").version(2);
  world.seconds_until([](const World& w) { return w.text() == "digits-2"; }, 60);
  world.second().spec([](auto& spec) { spec.model.version = 1; });
  world.seconds_until([](const World& w) { return w.text() == "digits-1"; }, 60);
  EXPECT_EQ(world.deployment(world.hash(1)).spec.template_, pod);
}

TEST(BrokenStable, IsFixedForwardWithoutSteps) {
  World world;
  world.version(1).reconcile(2).crash_loop(world.hash(1)).reconcile();
  ASSERT_EQ(world.condition(kReady), "False/NotServing");
  world.version(2).steps({wait_for_a_person()}).reconcile(2).pods_ready(world.hash(2), 1).agents_follow();
  for (int i = 0; i < 4; ++i) world.later(1s).agents_follow().reconcile();
  EXPECT_EQ(world.text(), "digits-2 Draining");
  world.reconcile();
  EXPECT_EQ(world.condition(kReady), "True/Serving");
}

TEST(ScaledToZero, TriesANewRevisionWithOnePodAndGoesBackToNone) {
  World world = serving(0);
  EXPECT_EQ(world.condition(kReady), "False/ScaledToZero");
  world.version(2).steps({wait_for_a_person()});
  ASSERT_GE(world.seconds_until([](const World& w) { return w.text() == "digits-2"; }, 60), 0) << world.text();
  world.second();
  EXPECT_EQ(world.deployment(world.hash(2)).spec.replicas, 0);
}

}  // namespace
}  // namespace gyre::inference_service
