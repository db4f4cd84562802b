#include "controllers/training_job/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controllers/training_job/world.h"

namespace gyre::training_job {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kPublished = R"({"output": {"uri": "pvc://models/out/train-0", "manifestDigest": ")" + kDigest +
                               R"(", "format": "sklearn"}, "metrics": [{"name": "accuracy", "value": "0.93"}],
                                   "evaluationRows": 360})";

ModelOutput model(std::string name) {
  ModelOutput out;
  out.name = std::move(name);
  return out;
}

World started() {
  World world;
  EXPECT_GE(world.settle(), 0);
  return world;
}

World failing(int limit) {
  World world;
  world.spec([&](TrainingJobSpec& spec) { spec.run_policy.backoff_limit = limit; }).settle();
  world.fails(0).settle();
  return world;
}

// Beginning

TEST(Start, MakesTheJobOfAttempt0) {
  World world = started();
  EXPECT_THAT(world.job_names(), ElementsAre("train-0"));
  EXPECT_EQ(world.phase(), TrainingPhase::kPending);
  EXPECT_EQ(world.condition(kComplete), "False/Pending");
  EXPECT_EQ(world.condition(kProgressing), "True/Pending");
  EXPECT_EQ(world.now_is().observed_generation, 1);
  EXPECT_EQ(world.now_is().start_time, kStart);
  EXPECT_EQ(world.service(), nullptr) << "one pod has nobody to find";
  EXPECT_EQ(world.settle(), 0) << "a steady object is not written";
}

TEST(Start, OfSeveralPodsMakesAServiceToo) {
  World world;
  world.spec([](TrainingJobSpec& spec) { spec.num_nodes = 2; }).settle();
  ASSERT_NE(world.service(), nullptr);
  EXPECT_EQ(world.service()->metadata.name, "train");
  world.service()->spec.selector.clear();
  world.settle();
  EXPECT_THAT(world.service()->spec.selector, Not(IsEmpty())) << "a drifted child is mended";
}

TEST(Start, OfAJobWhoseNumbersSomebodyHasChangedPutsThemRight) {
  World world = started();
  Job& job = *world.find_job("train-0");
  job.spec.parallelism = 0;
  job.spec.backoff_limit = 6;
  job.spec.suspend = true;
  job.spec.template_["spec"]["containers"][0]["image"] = "older:1";
  world.settle();
  const Job& mended = *world.find_job("train-0");
  EXPECT_EQ(mended.spec.parallelism, 1);
  EXPECT_EQ(mended.spec.backoff_limit, 0);
  EXPECT_EQ(mended.spec.suspend, true) << "that is how a queue holds it";
  EXPECT_EQ(mended.spec.template_["spec"]["containers"][0]["image"], "older:1") << "a template cannot change";
  EXPECT_EQ(world.settle(), 0);
}

TEST(Start, OfADeletedTrainingJobDoesNotHappen) {
  World world;
  world.meta([](ObjectMeta& meta) { meta.deletion_timestamp = kStart; });
  EXPECT_EQ(world.settle(), 0);
}

TEST(Start, WaitsWhilePaused) {
  World world;
  world.meta([](ObjectMeta& meta) { meta.annotations[annotations::kPaused] = "true"; }).settle();
  EXPECT_THAT(world.job_names(), IsEmpty());
  EXPECT_EQ(world.condition(kProgressing), "True/Paused");
  world.meta([](ObjectMeta& meta) { meta.annotations.clear(); }).settle();
  EXPECT_THAT(world.job_names(), ElementsAre("train-0"));
}

TEST(Start, BesideAForeignJobOfItsNameStallsAndLeavesItAlone) {
  World world;
  world.foreign_job("train-0");
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.condition(kStalled), "True/NameTaken");
  EXPECT_THAT(world.message(kStalled), HasSubstr("Job train-0"));
  EXPECT_THAT(world.job_names(), ElementsAre("train-0"));
  EXPECT_THAT(world.events(), ElementsAre("NameTaken"));

  world.job_gone("train-0").settle();
  EXPECT_EQ(world.condition(kStalled), "absent");
  EXPECT_EQ(world.find_job("train-0")->metadata.uid, "uid-of-train-0");
}

TEST(Start, KeepsTheServiceOfAnAttemptThatAnEarlierGyreStarted) {
  World world = started();
  world.find_job("train-0")->spec.template_["spec"]["subdomain"] = "train";
  world.running(0).settle();
  EXPECT_NE(world.service(), nullptr);
}

TEST(Start, BesideAForeignServiceOfItsNameStalls) {
  World world;
  world.spec([](TrainingJobSpec& spec) { spec.num_nodes = 2; }).foreign_service("train").settle();
  EXPECT_THAT(world.message(kStalled), HasSubstr("Service train"));
  EXPECT_THAT(world.job_names(), IsEmpty());
}

TEST(Pending, SaysWhatAPodWaitsFor) {
  World world = started();
  world.running(0);
  Pod& pod = *world.find_pod("train-0-0-pod");
  pod.status.phase = "Pending";
  pod.status.conditions = {{"PodScheduled", "False", "Unschedulable", "0/1 nodes: insufficient nvidia.com/gpu", {}}};
  world.settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kPending);
  EXPECT_THAT(world.message(kProgressing), HasSubstr("insufficient nvidia.com/gpu"));
}

// Success

TEST(Success, EndsWithTheMetricsThatWerePrinted) {
  World world = started();
  world.running(0);
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), TrainingPhase::kRunning);
  EXPECT_EQ(world.now_is().replica_statuses.ready, 1);
  world.pods_gone().later(10s).succeeds(0).prints("loss=0.5\nloss=0.25\n");
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), TrainingPhase::kSucceeded);
  EXPECT_EQ(world.condition(kComplete), "True/Succeeded");
  EXPECT_EQ(world.condition(kProgressing), "False/Succeeded");
  EXPECT_EQ(world.condition(kFailed), "absent");
  EXPECT_THAT(world.now_is().metrics, ElementsAre(MetricValue{"loss", "0.25"}));
  EXPECT_EQ(world.now_is().completion_time, kStart + 10s);
  EXPECT_EQ(world.now_is().image, "t@" + kDigest);
  EXPECT_THAT(world.events(), ElementsAre("Running", "Succeeded"));
}

TEST(Success, MakesOneModelVersionAndOnlyThenEnds) {
  World world;
  world.publishes(model("digits")).settle();
  world.succeeds(0, kPublished);
  const TrainingPlan first = world.plan();
  EXPECT_EQ(first.status.phase, TrainingPhase::kPublishing) << "an end without its version would lose it";
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), TrainingPhase::kSucceeded);
  EXPECT_EQ(world.now_is().model_version, model_version_name("digits", "uid-1"));
  EXPECT_EQ(world.now_is().output->manifest_digest, kDigest);
  EXPECT_EQ(world.version()->spec.artifact.manifest_digest, kDigest);
  EXPECT_EQ(world.version()->spec.lineage.training_job->uid, "uid-1");
  EXPECT_EQ(world.version()->spec.evaluations.at(0).n, 360);
  world.settle();
  EXPECT_EQ(world.versions_made(), 1);
}

TEST(Success, AfterACrashBetweenVersionAndStatusFindsTheVersion) {
  World world;
  world.publishes(model("digits")).settle();
  world.succeeds(0, kPublished);
  const TrainingJobStatus before = world.now_is();
  world.apply(world.plan()).status([&](TrainingJobStatus& status) { status = before; });
  world.settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kSucceeded);
  EXPECT_EQ(world.versions_made(), 1);
}

TEST(Success, WithAForeignVersionOfTheNameStalls) {
  World world;
  world.publishes(model("digits")).foreign_version().settle();
  world.succeeds(0, kPublished).settle();
  EXPECT_EQ(world.condition(kStalled), "True/NameTaken");
  EXPECT_NE(world.phase(), TrainingPhase::kSucceeded);
}

TEST(Success, WithoutModelPublishesOnly) {
  World world;
  world.publishes().settle();
  world.succeeds(0, kPublished).settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kSucceeded);
  EXPECT_EQ(world.now_is().output->uri, "pvc://models/out/train-0");
  EXPECT_EQ(world.version(), nullptr);
}

TEST(Success, PublishedMetricsCountBeforePrintedOnes) {
  World world;
  world.publishes().settle();
  world.succeeds(0, kPublished).prints("accuracy=0.5 epoch=9").settle();
  EXPECT_THAT(world.now_is().metrics, ElementsAre(MetricValue{"accuracy", "0.93"}, MetricValue{"epoch", "9"}));
}

TEST(Success, WaitsForThePodThatPrintedTheMetrics) {
  World world = started();
  world.running(0).settle();
  world.job_ends(0, "Complete").settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kRunning) << "the Job is complete, the trainer's end not yet seen";
  EXPECT_TRUE(world.plan().requeue_after);
  world.container_ends(0, kTrainer, {0, "Completed", ""}).prints("loss=0.25").settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kSucceeded);
  EXPECT_THAT(world.now_is().metrics, ElementsAre(MetricValue{"loss", "0.25"}));
}

TEST(Success, OfAPodThatIsGoneHasNoMetrics) {
  World world = started();
  world.running(0).settle();
  world.job_ends(0, "Complete").pods_gone().settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kRunning);
  world.later(31s).settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kSucceeded);
}

TEST(Publishing, IsWaitedFor) {
  World world;
  world.publishes().settle();
  world.running(0).container_ends(0, kTrainer, {0, "Completed", ""}).settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kPublishing);
  world.job_ends(0, "Complete").settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kPublishing) << "the Job is complete, the sidecar's end not yet seen";
}

struct Unpublished {
  const char* what;
  std::string message;
  const char* says;
};

class PublishFails : public testing::TestWithParam<Unpublished> {};

TEST_P(PublishFails, AndIsTriedAgain) {
  World world;
  world.publishes(model("digits")).settle();
  world.succeeds(0, GetParam().message).settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kRestarting);
  EXPECT_THAT(world.message(kProgressing), HasSubstr(GetParam().says));
  EXPECT_EQ(world.versions_made(), 0);
}

INSTANTIATE_TEST_SUITE_P(Table, PublishFails,
                         testing::Values(Unpublished{"says why", R"({"error": "no space left"})", "no space left"},
                                         Unpublished{"says nothing", "", "did not say what it published"},
                                         Unpublished{"says rubbish", "{{", "did not say what it published"}),
                         [](const auto& info) { return std::to_string(info.index); });

TEST(Publishing, OfAPodThatIsGoneIsAFailureAfterAWhile) {
  World world;
  world.publishes().settle();
  world.succeeds(0, kPublished).pods_gone().settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kPublishing);
  EXPECT_TRUE(world.plan().requeue_after);
  world.later(31s).settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kRestarting);
}

// Failure

TEST(Failure, IsFollowedByAnotherAttemptAfterAPause) {
  World world = failing(3);
  EXPECT_EQ(world.phase(), TrainingPhase::kRestarting);
  EXPECT_EQ(world.now_is().failures, 1);
  EXPECT_EQ(world.now_is().attempt, 1);
  EXPECT_THAT(world.job_names(), ElementsAre("train-0"));
  EXPECT_THAT(world.message(kProgressing), HasSubstr("container trainer exited with code 3"));
  EXPECT_EQ(world.plan().requeue_after, Duration(5s));

  world.later(5s).settle();
  EXPECT_THAT(world.job_names(), ElementsAre("train-0", "train-1")) << "the failed one keeps its logs";
  world.succeeds(1).settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kSucceeded);
  EXPECT_EQ(world.now_is().attempt, 1);
}

TEST(Failure, BeyondTheLimitIsFinal) {
  World world = failing(1);
  world.later(5s).settle();
  world.fails(1);
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), TrainingPhase::kFailed);
  EXPECT_EQ(world.condition(kFailed), "True/BackoffLimitExceeded");
  EXPECT_EQ(world.condition(kComplete), "False/BackoffLimitExceeded");
  EXPECT_EQ(world.condition(kStalled), "True/BackoffLimitExceeded");
  EXPECT_THAT(world.message(kFailed), HasSubstr("container trainer exited with code 3"));
  EXPECT_THAT(world.job_names(), ElementsAre("train-0", "train-1"));
  EXPECT_EQ(world.now_is().failures, 2);
  world.later(1h);
  EXPECT_EQ(world.settle(), 0);
}

TEST(Failure, PausesGrow) {
  World world = failing(9);
  world.later(5s).settle();
  world.fails(1).settle();
  EXPECT_EQ(world.plan().requeue_after, Duration(10s));
  world.later(10s).settle();
  world.fails(2).settle();
  EXPECT_EQ(world.plan().requeue_after, Duration(20s));
}

TEST(Failure, WaitsForTheOtherPodsToEnd) {
  World world;
  world.spec([](TrainingJobSpec& spec) { spec.num_nodes = 2; }).settle();
  world.running(0, 2).settle();
  world.container_ends(0, kTrainer, {1, "Error", ""}, 1);
  world.find_pod("train-0-1-pod")->status.phase = "Failed";
  world.find_job("train-0")->status.conditions = {{"FailureTarget", "True", "PodFailurePolicy", "", kStart}};
  world.settle();
  EXPECT_EQ(world.condition(kProgressing), "True/Stopping");
  EXPECT_EQ(world.now_is().failures, 0);
  world.job_ends(0, "Failed").settle();
  EXPECT_EQ(world.now_is().failures, 1);
}

TEST(Failure, ByTheClusterDoesNotCount) {
  World world;
  world.spec([](TrainingJobSpec& spec) { spec.run_policy.backoff_limit = 0; }).settle();
  world.running(0).job_ends(0, "Failed", "PodFailurePolicy",
                            "Pod ml/train-0-0 has condition DisruptionTarget matching FailJob rule at index 0");
  world.settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kRestarting);
  EXPECT_EQ(world.now_is().failures, 0);
  EXPECT_EQ(world.now_is().disruptions, 1);
}

TEST(Failure, ByTheClusterCountsWhenItNeverEnds) {
  World world = started();
  world.status([](TrainingJobStatus& status) { status.disruptions = 20; });
  world.running(0).job_ends(0, "Failed", "PodFailurePolicy", "DisruptionTarget").settle();
  EXPECT_EQ(world.now_is().failures, 1);
}

TEST(Failure, OfADatasetsDigestIsFinalAtOnce) {
  World world;
  world.spec([](TrainingJobSpec& spec) { spec.datasets = {{"train", "pvc://data/x", kDigest}}; }).settle();
  world.running(0).container_ends(0, "gyre-fetch-train",
                                  {1, "Error", R"({"error": "has sha256:bb", "mismatch": true})"});
  world.job_ends(0, "Failed", "PodFailurePolicy").settle();
  EXPECT_EQ(world.condition(kFailed), "True/DatasetMismatch");
  EXPECT_THAT(world.message(kFailed), HasSubstr("dataset train: has sha256:bb"));
}

TEST(Failure, OfAFetchIsRetried) {
  World world;
  world.spec([](TrainingJobSpec& spec) { spec.datasets = {{"train", "pvc://data/x", ""}}; }).settle();
  world.running(0).container_ends(0, "gyre-fetch-train", {1, "Error", R"({"error": "no such file"})"});
  world.job_ends(0, "Failed", "PodFailurePolicy").settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kRestarting);
  EXPECT_THAT(world.message(kProgressing), HasSubstr("no such file"));
}

TEST(Recovery, ADeletedJobIsADisruption) {
  World world = started();
  world.running(0).settle();
  world.job_gone("train-0").settle();
  EXPECT_EQ(world.now_is().disruptions, 1);
  EXPECT_THAT(world.job_names(), IsEmpty()) << "its pod is still there";
  world.pods_gone().settle();
  EXPECT_THAT(world.job_names(), ElementsAre("train-1"));
}

TEST(Recovery, ACrashBetweenJobAndStatusMakesNoSecondJob) {
  World world;
  world.apply(world.plan()).status([](TrainingJobStatus& status) { status = {}; });
  EXPECT_THAT(world.plan().applies, IsEmpty());
  world.settle();
  EXPECT_THAT(world.job_names(), ElementsAre("train-0"));
  EXPECT_TRUE(world.now_is().start_time);
}

TEST(Recovery, AStatusLostUntilTheEndSaysWhenTheFirstAttemptStarted) {
  World world = started();
  world.succeeds(0).later(1h).status([](TrainingJobStatus& status) { status = {}; }).settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kSucceeded);
  EXPECT_EQ(world.now_is().start_time, kStart);
}

// Deadline, suspension, expiry

TEST(Deadline, EndsTheTraining) {
  World world;
  world.spec([](TrainingJobSpec& spec) { spec.run_policy.active_deadline_seconds = 60; }).settle();
  world.running(0).settle();
  EXPECT_EQ(world.plan().requeue_after, Duration(60s));
  world.later(60s);
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.condition(kFailed), "True/DeadlineExceeded");
  EXPECT_THAT(world.job_names(), IsEmpty());
}

TEST(Deadline, DoesNotUndoASuccess) {
  World world;
  world.spec([](TrainingJobSpec& spec) { spec.run_policy.active_deadline_seconds = 60; }).settle();
  world.succeeds(0).later(1h).settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kSucceeded);
}

TEST(Suspend, StopsTheAttemptAndResumesWithTheNext) {
  World world = started();
  world.running(0).settle();
  world.spec([](TrainingJobSpec& spec) { spec.suspend = true; });
  EXPECT_GE(world.settle(), 0);
  EXPECT_EQ(world.phase(), TrainingPhase::kSuspended);
  EXPECT_EQ(world.condition(kSuspended), "True/Suspended");
  EXPECT_THAT(world.job_names(), IsEmpty());
  EXPECT_EQ(world.now_is().failures, 0);

  world.pods_gone().spec([](TrainingJobSpec& spec) { spec.suspend = false; }).settle();
  EXPECT_THAT(world.job_names(), ElementsAre("train-1"));
  EXPECT_EQ(world.condition(kSuspended), "False/Resumed");
  EXPECT_THAT(world.events(), ElementsAre("Running", "Suspended"));
}

TEST(Suspend, FromTheBeginningStartsNothing) {
  World world;
  world.spec([](TrainingJobSpec& spec) { spec.suspend = true; }).settle();
  EXPECT_THAT(world.job_names(), IsEmpty());
  EXPECT_FALSE(world.now_is().start_time);
  world.spec([](TrainingJobSpec& spec) { spec.suspend = false; }).settle();
  EXPECT_THAT(world.job_names(), ElementsAre("train-0"));
}

TEST(Suspend, AfterTheEndChangesNothing) {
  World world = started();
  world.succeeds(0).settle();
  world.spec([](TrainingJobSpec& spec) { spec.suspend = true; }).settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kSucceeded);
  EXPECT_EQ(world.now_is().observed_generation, 2);
}

TEST(Suspend, DoesNotForgetAFailure) {
  World world = started();
  world.spec([](TrainingJobSpec& spec) { spec.suspend = true; }).fails(0).settle();
  EXPECT_EQ(world.phase(), TrainingPhase::kSuspended);
  EXPECT_EQ(world.now_is().failures, 1);
  EXPECT_EQ(world.now_is().attempt, 1);
}

TEST(Expiry, DeletesItselfWhenItsTimeIsOver) {
  World world;
  world.spec([](TrainingJobSpec& spec) { spec.run_policy.ttl_seconds_after_finished = 30; }).settle();
  world.succeeds(0).settle();
  EXPECT_EQ(world.plan().requeue_after, Duration(30s));
  EXPECT_FALSE(world.is_deleted());
  world.later(30s).apply(world.plan());
  EXPECT_TRUE(world.is_deleted());
}

TEST(Expiry, NeverComesWithoutATimeToLive) {
  World world = started();
  world.succeeds(0).settle();
  world.later(std::chrono::hours(10000));
  EXPECT_EQ(world.settle(), 0);
  EXPECT_THAT(world.job_names(), ElementsAre("train-0"));
}

TEST(Finished, AJobRemovedByItsTtlIsNotMadeAgain) {
  World world = started();
  world.succeeds(0).settle();
  world.job_gone("train-0").pods_gone();
  EXPECT_EQ(world.settle(), 0);
}

TEST(Cost, AddsUpGpuSecondsOverAllAttempts) {
  World world;
  world.spec([](TrainingJobSpec& spec) {
    spec.num_nodes = 2;
    spec.template_["spec"]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] = 4;
  });
  world.settle();
  world.running(0, 2).later(10s).job_ends(0, "Failed").settle();
  EXPECT_EQ(world.now_is().gpu_seconds, 80);
  world.pods_gone().later(5s).settle();
  world.running(1, 2).later(3s).container_ends(1, kTrainer, {0, "Completed", ""}).job_ends(1, "Complete").settle();
  EXPECT_EQ(world.now_is().gpu_seconds, 104);
}

}  // namespace
}  // namespace gyre::training_job
