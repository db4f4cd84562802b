#include "controllers/training_job/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controllers/training_job/names.h"

namespace gyre::training_job {
namespace {

using testing::HasSubstr;

ContainerStatus ended(std::string name, int exit_code, std::string reason = "Error", int second = 0) {
  ContainerStatus status;
  status.name = std::move(name);
  status.state.terminated = TerminatedState{exit_code, std::move(reason), "", Time{std::chrono::seconds(second)}};
  return status;
}

std::shared_ptr<Pod> pod(std::string name, std::vector<ContainerStatus> containers) {
  auto out = std::make_shared<Pod>();
  out->metadata.name = std::move(name);
  out->status.container_statuses = std::move(containers);
  return out;
}

const ChildCondition kByPolicy{"Failed", "True", "PodFailurePolicy", "Container trainer for pod ml/p failed", {}};

TEST(Explain, NamesPodContainerAndExitCode) {
  const Failure failure = explain(kByPolicy, {pod("p-0", {ended(kTrainer, 3)})});
  EXPECT_EQ(failure.reason, "ContainerFailed");
  EXPECT_EQ(failure.message, "pod p-0: container trainer exited with code 3; see kubectl logs p-0 -c trainer");
}

TEST(Explain, NamesTheFirstThatFell) {
  const Failure failure = explain(
      kByPolicy, {pod("p-0", {ended(kTrainer, 143, "Error", 9)}), pod("p-1", {ended(kTrainer, 1, "Error", 5)})});
  EXPECT_THAT(failure.message, HasSubstr("pod p-1"));
}

TEST(Explain, SaysThatMemoryRanOut) {
  const Failure failure = explain(kByPolicy, {pod("p-0", {ended(kTrainer, 137, "OOMKilled")})});
  EXPECT_EQ(failure.reason, "OOMKilled");
  EXPECT_THAT(failure.message, HasSubstr("raise its resources.limits.memory"));
}

TEST(Explain, DoesNotBlameOurSidecar) {
  auto broken = pod("p-0", {ended(kTrainer, 2, "Error", 9)});
  broken->status.init_container_statuses = {ended(kPublish, 143, "Error", 1)};
  EXPECT_THAT(explain(kByPolicy, {broken}).message, HasSubstr("container trainer exited with code 2"));
}

TEST(Explain, WithoutPodsRepeatsTheJob) {
  EXPECT_EQ(explain(kByPolicy, {}).message, "Container trainer for pod ml/p failed");
  EXPECT_EQ(explain({"Failed", "True", "", "", {}}, {}).reason, "JobFailed");
}

TEST(Explain, KnowsADisruptionEvenWithoutThePod) {
  const ChildCondition lost{"Failed",
                            "True",
                            "PodFailurePolicy",
                            "Pod ml/p has condition DisruptionTarget matching FailJob rule at index 0",
                            {}};
  EXPECT_TRUE(explain(lost, {}).is_disruption);
  EXPECT_FALSE(explain(kByPolicy, {}).is_disruption);
}

TEST(Explain, GivesThePodsOwnReason) {
  auto evicted = pod("p-0", {});
  evicted->status.reason = "Evicted";
  EXPECT_EQ(explain(kByPolicy, {evicted}).reason, "Evicted");
}

ContainerStatus waiting(std::string reason) {
  ContainerStatus status;
  status.name = kTrainer;
  status.image = "nowhere:1";
  status.state.waiting = WaitingState{std::move(reason), "details"};
  return status;
}

TEST(WaitingFor, SaysTheSameWhileTheKubeletAlternates) {
  const std::string text = waiting_for({pod("p-0", {waiting("ErrImagePull")})});
  EXPECT_THAT(text, HasSubstr("image nowhere:1 cannot be pulled"));
  EXPECT_EQ(text, waiting_for({pod("p-0", {waiting("ImagePullBackOff")})}));
}

TEST(WaitingFor, IsSilentAboutWhatIsNormal) {
  EXPECT_EQ(waiting_for({pod("p-0", {waiting("ContainerCreating")})}), "");
  EXPECT_EQ(waiting_for({}), "");
}

}  // namespace
}  // namespace gyre::training_job
