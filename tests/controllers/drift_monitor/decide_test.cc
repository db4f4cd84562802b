#include "controllers/drift_monitor/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controllers/drift_monitor/world.h"

namespace gyre::drift_monitor {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

World watching() {
  World world;
  world.settle();
  return world;
}

World drifting() {
  World world;
  world.retrains().settle();
  world.calm_window().drifting_window().drifting_window();
  return world;
}

World retraining() {
  World world = drifting();
  world.snapshot_ends(taken());
  return world;
}

TEST(Decide, FirstSightTakesTheServedVersionAsReference) {
  World world;
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.now_is().phase, MonitorPhase::kWatching);
  EXPECT_EQ(world.now_is().reference_model_version, "v1");
  EXPECT_EQ(world.now_is().reference_digest, baseline_digest_of("v1"));
  EXPECT_EQ(world.condition(kReady), "True/Watching");
  EXPECT_EQ(world.condition(kDriftDetected), "Unknown/NoWindows");
  EXPECT_EQ(world.condition(kRetrainPending), "absent");
}

TEST(Decide, AMonitorBeingDeletedIsLeftAlone) {
  World world = drifting();
  world.metadata([&](ObjectMeta& meta) { meta.deletion_timestamp = kStart; });
  const MonitorPlan plan = world.plan();
  EXPECT_THAT(plan.applies, IsEmpty());
  EXPECT_EQ(plan.status, world.now_is());
}

TEST(Decide, WithoutItsServiceAMonitorSaysSoAndRecovers) {
  World world;
  EXPECT_GE(world.without_service().settle(), 0);
  EXPECT_EQ(world.condition(kReady), "False/ReferenceNotFound");
  EXPECT_EQ(world.now_is().phase, MonitorPhase::kPending);
  world.serves("v1").settle();
  EXPECT_EQ(world.condition(kReady), "True/Watching");
}

TEST(Decide, WithoutItsBaselineAMonitorSaysSo) {
  World world;
  EXPECT_GE(world.without_baseline().settle(), 0);
  EXPECT_EQ(world.condition(kReady), "False/BaselineNotFound");
}

TEST(Decide, AFeatureThatTheBaselineLacksWaitsForAPerson) {
  World world;
  world.spec([](auto& spec) { spec.features = {{"agee"}}; }).settle();
  EXPECT_EQ(world.condition(kStalled), "True/NotComparable");
  EXPECT_THAT(world.message(kReady), HasSubstr("no feature agee"));
  world.spec([](auto& spec) { spec.features = {{"age"}}; }).settle();
  EXPECT_EQ(world.condition(kStalled), "absent");
}

TEST(Decide, AWindowIsJudgedOnceItsLateBucketsAreIn) {
  World world = watching();
  world.add_window(kStart, {250, 250, 0, 0}).later(1min);
  EXPECT_EQ(world.plan().status.last_window, std::nullopt);
  EXPECT_EQ(world.plan().requeue_after, 5s);
  world.later(5s);
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.now_is().last_window->verdict, kNoDrift);
  EXPECT_EQ(world.now_is().watermark, kStart + 1min);
  EXPECT_EQ(world.condition(kDataFresh), "True/Windows");
}

TEST(Decide, AMonitorWithoutTrafficWritesOnceThatDataIsStaleAndThenNothing) {
  World world = watching();
  world.calm_window();
  world.later(10min);
  EXPECT_EQ(world.settle(), 1);
  EXPECT_EQ(world.condition(kDataFresh), "False/NoWindows");
  world.later(1h);
  const MonitorPlan plan = world.plan();
  EXPECT_EQ(plan.status, world.now_is());
  EXPECT_THAT(plan.applies, IsEmpty());
  EXPECT_THAT(plan.deletions, IsEmpty());
}

struct Verdicts {
  std::string name;
  std::string windows;  // d drifts, c is calm, t is thin
  std::vector<std::int32_t> n_of_m;
  std::string want;  // DriftDetected afterwards
};

class Episodes : public testing::TestWithParam<Verdicts> {};

TEST_P(Episodes, OpenAndClear) {
  World world = watching();
  world.spec([](auto& spec) { spec.decision.n_of_m = GetParam().n_of_m; });
  for (const char window : GetParam().windows)
    window == 'd' ? world.drifting_window() : window == 'c' ? world.calm_window() : world.thin_window();
  EXPECT_EQ(world.condition(kDriftDetected), GetParam().want) << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(
    NOfM, Episodes,
    testing::Values(Verdicts{"one window is not enough", "ccd", {2, 3}, "False/NoDrift"},
                    Verdicts{"two of three are", "cdd", {2, 3}, "True/Drift"},
                    Verdicts{"with a calm one between", "dcd", {2, 3}, "True/Drift"},
                    Verdicts{"two of four are not two of three", "dccd", {2, 3}, "False/NoDrift"},
                    Verdicts{"one of one is", "d", {1, 1}, "True/Drift"},
                    Verdicts{"thin windows say nothing", "ttt", {1, 1}, "False/NoDrift"},
                    Verdicts{"an episode outlives one calm window", "ddc", {2, 3}, "True/Drift"},
                    Verdicts{"two calm ones end it", "ddcc", {2, 3}, "False/NoDrift"},
                    Verdicts{"a thin one does not", "ddct", {2, 3}, "True/Drift"},
                    Verdicts{"nor does it keep it open", "ddctc", {2, 3}, "False/NoDrift"},
                    Verdicts{"a drifting one starts the count again", "ddcdc", {2, 3}, "True/Drift"},
                    Verdicts{"an ended episode does not count towards the next", "ddccd", {2, 5}, "False/NoDrift"}));

TEST(Decide, AnEpisodeStartsWithTheFirstWindowThatCounted) {
  World world = watching();
  world.calm_window();
  const Time onset = world.open_window();
  world.drifting_window().calm_window().drifting_window();
  ASSERT_TRUE(world.now_is().episode);
  EXPECT_EQ(world.now_is().episode->start, onset);
  EXPECT_EQ(world.now_is().phase, MonitorPhase::kDrifting);
  EXPECT_THAT(world.events(), ElementsAre("DriftDetected"));
  EXPECT_THAT(world.message(kDriftDetected), HasSubstr("age (psi"));
}

TEST(Decide, WindowsThatClosedWhileNobodyLookedAreJudgedInOrder) {
  World world = watching();
  world.add_window(kStart, {250, 250, 0, 0});
  world.add_window(kStart + 1min, {450, 50, 0, 0});
  world.add_window(kStart + 2min, {450, 50, 0, 0}).later(10min);
  world.settle();
  EXPECT_THAT(world.now_is().recent_verdicts, ElementsAre(kNoDrift, kDrift, kDrift));
  EXPECT_EQ(world.now_is().episode->start, kStart + 1min);
}

TEST(Decide, ThinWindowsAreInsufficientData) {
  World world = watching();
  world.thin_window();
  EXPECT_EQ(world.now_is().phase, MonitorPhase::kInsufficientData);
  EXPECT_EQ(world.condition(kInsufficientData), "True/TooFewRows");
}

TEST(Decide, DriftWithoutRetrainOnlyReports) {
  World world = watching();
  world.drifting_window().drifting_window();
  EXPECT_EQ(world.condition(kDriftDetected), "True/Drift");
  EXPECT_THAT(world.job_names(), IsEmpty());
  EXPECT_THAT(world.training_names(), IsEmpty());
}

TEST(Retrain, ADriftWaitsForLabelledRowsAfterItsOnset) {
  World world = drifting();
  EXPECT_EQ(world.condition(kRetrainPending), "True/WaitingForLabels");
  ASSERT_THAT(world.job_names(), ElementsAre(world.snapshot()));
  const auto arguments = world.find_job(world.snapshot())->spec.template_["spec"]["containers"][0]["args"];
  EXPECT_THAT(arguments, Contains(format_time(world.now_is().episode->start)));
  EXPECT_THAT(arguments, Contains("400"));

  world.snapshot_ends(too_few(12));
  EXPECT_EQ(world.now_is().episode->rows_after_onset, 12);
  EXPECT_THAT(world.training_names(), IsEmpty());
  EXPECT_TRUE(world.plan().requeue_after);
}

TEST(Retrain, TooFewRowsAreCountedAgainLater) {
  World world = drifting();
  const std::string first = world.find_job(world.snapshot())->metadata.uid;
  world.snapshot_ends(too_few(12)).later(1min).settle();
  ASSERT_THAT(world.job_names(), ElementsAre(world.snapshot()));
  EXPECT_NE(world.find_job(world.snapshot())->metadata.uid, first);
}

TEST(Retrain, ASnapshotThatFailedIsTriedAgain) {
  World world = drifting();
  world.snapshot_ends({{"error", "pvc://models/labelled is not there"}});
  EXPECT_EQ(world.condition(kRetrainPending), "True/SnapshotFailed");
  world.later(1min).settle();
  EXPECT_EQ(world.condition(kRetrainPending), "True/WaitingForLabels");
}

TEST(Retrain, EnoughRowsArePinnedAndTrainedOn) {
  World world = retraining();
  ASSERT_THAT(world.training_names(), ElementsAre(world.retraining()));
  const TrainingJob& training = world.training();
  EXPECT_EQ(training.spec.seed, 7);
  EXPECT_THAT(training.spec.datasets, ElementsAre(Dataset{"train", "pvc://models/snapshots/x", kSnapshotDigest}));
  EXPECT_EQ(training.metadata.labels.at(labels::kMonitor), "digits");
  EXPECT_EQ(training.metadata.labels.at(labels::kTrigger), world.now_is().episode->trigger);
  EXPECT_EQ(world.now_is().episode->dataset_digest, kSnapshotDigest);
  EXPECT_EQ(world.now_is().retrains, 1);
  EXPECT_EQ(world.now_is().phase, MonitorPhase::kRetraining);
  EXPECT_EQ(world.condition(kRetrainPending), "False/Retraining");
  EXPECT_THAT(world.job_names(), IsEmpty());
}

TEST(Retrain, OncePerEpisodeHoweverLongItLasts) {
  World world = retraining();
  world.training_is(TrainingPhase::kSucceeded);
  for (int i = 0; i < 100; ++i) world.drifting_window();
  EXPECT_EQ(world.now_is().retrains, 1);
  EXPECT_EQ(world.training_names().size(), 1u);
  EXPECT_EQ(world.condition(kRetrainPending), "False/Retrained");
  EXPECT_EQ(world.now_is().phase, MonitorPhase::kDrifting);
}

TEST(Retrain, ATrainingJobThatWasRemovedIsNotMadeAgain) {
  World world = retraining();
  world.forgets_training().settle();
  EXPECT_THAT(world.training_names(), IsEmpty());
  EXPECT_EQ(world.condition(kRetrainPending), "False/RetrainGone");
  world.drifting_window();
  EXPECT_EQ(std::ranges::count(world.events(), "RetrainGone"), 1);
}

TEST(Retrain, WhatATrainingJobHasEndedAsStaysSaidWhenItExpires) {
  for (const auto& [phase, said] :
       {std::pair{TrainingPhase::kSucceeded, "False/Retrained"}, {TrainingPhase::kFailed, "False/RetrainFailed"}}) {
    World world = retraining();
    world.training_is(phase).forgets_training().settle();
    EXPECT_EQ(world.condition(kRetrainPending), said);
  }
}

TEST(Retrain, ATrainingJobThatWasGivenAwayIsReported) {
  World world = retraining();
  const std::string name = world.retraining();
  world.forgets_training().foreign_training(name).settle();
  EXPECT_EQ(world.condition(kStalled), "True/NameTaken");
  EXPECT_THAT(world.message(kStalled), HasSubstr(name));
}

TEST(Retrain, NumbersThatSomebodyChangedArePutRight) {
  World world = retraining();
  EXPECT_THAT(world.plan().applies, IsEmpty());
  TrainingJob edited = world.training();
  edited.spec.run_policy.backoff_limit = 9;
  world.forgets_training().has_training(edited);
  const MonitorPlan plan = world.plan();
  ASSERT_EQ(plan.applies.size(), 1u);
  const auto mended = schema::from_json<TrainingJob>(plan.applies[0].object);
  EXPECT_EQ(mended->spec.run_policy.backoff_limit, 2);
  EXPECT_EQ(mended->spec.datasets, edited.spec.datasets);
  EXPECT_EQ(mended->metadata.owner_references, edited.metadata.owner_references);
}

TEST(Retrain, LabelsThatSomebodyTookAwayComeBack) {
  World world = retraining();
  TrainingJob edited = world.training();
  edited.metadata.labels.erase(labels::kTrigger);
  world.forgets_training().has_training(edited);
  const MonitorPlan plan = world.plan();
  ASSERT_EQ(plan.applies.size(), 1u);
  EXPECT_EQ(schema::from_json<TrainingJob>(plan.applies[0].object)->metadata.labels.at(labels::kTrigger),
            world.now_is().episode->trigger);
}

TEST(Retrain, ALostStatusWriteFindsTheTrainingJobAgain) {
  World world = drifting();
  const World before = world;
  world.snapshot_ends(taken());
  const std::string name = world.training().metadata.name;
  // The status is as before the snapshot was read, and its Job is gone.
  World lost = before;
  auto training = world.training();
  MonitorPlan created;
  created.status = before.now_is();
  created.applies = {child(training)};
  lost.apply(created).settle();
  EXPECT_EQ(lost.now_is().episode->training_job, name);
  EXPECT_EQ(lost.now_is().episode->dataset_digest, kSnapshotDigest);
  EXPECT_EQ(lost.now_is().retrains, 1);
}

TEST(Retrain, ALostStatusWriteFindsTheCountOfRowsAgain) {
  World world = drifting();
  MonitorPlan lost = world.end_snapshot(taken()).plan();
  ASSERT_EQ(lost.applies.size(), 1u);
  lost.status = world.now_is();
  world.apply(lost).settle();
  EXPECT_EQ(world.now_is().episode->rows_after_onset, 450);
}

TEST(Retrain, AFailedTrainingIsReportedAndNotRepeated) {
  World world = retraining();
  world.training_is(TrainingPhase::kFailed).drifting_window();
  EXPECT_EQ(world.condition(kRetrainPending), "False/RetrainFailed");
  EXPECT_EQ(std::ranges::count(world.events(), "RetrainFailed"), 1);
  EXPECT_EQ(world.now_is().retrains, 1);
}

TEST(Retrain, ANewEpisodeWaitsForTheCooldown) {
  World world = retraining();
  world.training_is(TrainingPhase::kSucceeded);
  const std::string first = world.now_is().episode->trigger;
  world.calm_window().calm_window().drifting_window().drifting_window();
  ASSERT_TRUE(world.now_is().episode);
  EXPECT_NE(world.now_is().episode->trigger, first);
  EXPECT_EQ(world.condition(kRetrainPending), "True/Cooldown");
  EXPECT_THAT(world.job_names(), IsEmpty());
  EXPECT_TRUE(world.plan().requeue_after);

  world.later(1h).settle();
  EXPECT_EQ(world.condition(kRetrainPending), "True/WaitingForLabels");
  world.snapshot_ends(taken());
  EXPECT_EQ(world.now_is().retrains, 2);
}

TEST(Retrain, WithoutADatasetTheJobsOwnAreUsed) {
  World world;
  world.retrains().spec([](auto& spec) { spec.retrain->dataset.reset(); }).settle();
  world.drifting_window().drifting_window();
  EXPECT_THAT(world.training_names(), ElementsAre(world.retraining()));
  EXPECT_THAT(world.training().spec.datasets, IsEmpty());
}

TEST(Retrain, ASuspendedMonitorReportsAndCreatesNothing) {
  World world;
  world.retrains().spec([](auto& spec) { spec.suspend = true; }).settle();
  world.drifting_window().drifting_window();
  EXPECT_EQ(world.condition(kDriftDetected), "True/Drift");
  EXPECT_EQ(world.condition(kRetrainPending), "True/Suspended");
  EXPECT_THAT(world.job_names(), IsEmpty());
  world.spec([](auto& spec) { spec.suspend = false; }).settle();
  EXPECT_THAT(world.job_names(), ElementsAre(world.snapshot()));
}

TEST(Retrain, AForeignTrainingJobOfTheNameWaitsForAPerson) {
  World world = drifting();
  world.foreign_training(world.retraining()).settle();
  EXPECT_EQ(world.condition(kStalled), "True/NameTaken");
  EXPECT_EQ(world.now_is().retrains, 0);
  world.forgets_training().settle();
  EXPECT_EQ(world.condition(kStalled), "absent");
}

TEST(Reference, AnotherStableVersionClearsTheDrift) {
  World world = retraining();
  world.training_is(TrainingPhase::kSucceeded);
  world.serves("v2");
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.now_is().reference_model_version, "v2");
  EXPECT_FALSE(world.now_is().episode);
  EXPECT_THAT(world.now_is().recent_verdicts, IsEmpty());
  EXPECT_NE(world.condition(kDriftDetected), "True/Drift");
  EXPECT_EQ(world.condition(kRetrainPending), "False/NoDrift");
  world.later(1min).calm_window();
  EXPECT_EQ(world.condition(kDriftDetected), "False/NoDrift");
  EXPECT_EQ(world.now_is().last_window->verdict, kNoDrift);
}

TEST(Reference, WindowsOfACanaryAreNotJudgedAfterItsPromotion) {
  World world = watching();
  world.calm_window().serves("v2");
  world.add_window(kStart - 2min, {450, 50, 0, 0}).add_window(kStart, {450, 50, 0, 0}).settle();
  world.later(5min).settle();
  EXPECT_THAT(world.now_is().recent_verdicts, IsEmpty());
}

TEST(Retention, OldWindowsAreDeleted) {
  World world = watching();
  world.spec([](auto& spec) { spec.window.retention = 10min; });
  world.calm_window();
  const auto first = world.window_names();
  world.later(9min).calm_window();
  EXPECT_EQ(world.window_names().size(), 1u);
  EXPECT_THAT(world.window_names(), Not(Contains(first.front())));
}

TEST(Retention, AtMostTwoHundredWindowsAreKept) {
  World world = watching();
  for (int i = 0; i < 205; ++i) world.add_window(kStart + i * 1min, {250, 250, 0, 0});
  world.later(205min).settle();
  EXPECT_EQ(world.window_names().size(), 200u);
}

}  // namespace
}  // namespace gyre::drift_monitor
