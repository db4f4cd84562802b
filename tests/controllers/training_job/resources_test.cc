#include "controllers/training_job/resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controllers/common/jobs.h"
#include "tests/controllers/training_job/world.h"
#include "tests/support/golden.h"

namespace gyre::training_job {
namespace {

using nlohmann::json;
using support::expect_golden;
using testing::HasSubstr;

const Options kOptions{"worker:1"};

TrainingJob distributed() {
  TrainingJob job = training_job();
  job.metadata.labels[labels::kTrigger] = "abcd1234";
  TrainingJobSpec& spec = job.spec;
  spec.framework = Framework::kTorch;
  spec.num_nodes = 2;
  spec.seed = 7;
  spec.parameters = {{"learning-rate", "0.1"}};
  spec.datasets = {{"train", "pvc://data/rows", kDigest}, {"extra", "pvc://models/snapshots/1", ""}};
  spec.output = TrainingOutput{"pvc://models/published/", std::nullopt};
  spec.template_ = json::parse(R"({
    "metadata": {"labels": {"team": "vision"}},
    "spec": {
      "nodeSelector": {"accelerator": "h100"},
      "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
      "unheardOf": {"kept": true},
      "initContainers": [{"name": "prepare", "image": "p:1"}],
      "volumes": [{"name": "cache", "emptyDir": {}}],
      "containers": [
        {"name": "trainer", "image": "t:1", "env": [{"name": "EPOCHS", "value": "3"}],
         "volumeMounts": [{"name": "cache", "mountPath": "/cache"}],
         "resources": {"limits": {"nvidia.com/gpu": 4, "memory": "64Gi"}}},
        {"name": "logger", "image": "l:1"}]}})");
  return job;
}

json trainer_of(const Job& job) {
  for (const json& container : job.spec.template_["spec"]["containers"])
    if (container["name"] == kTrainer) return container;
  return {};
}

// "<name>=<value>" of a variable, or "<name>" alone where its value comes from elsewhere; empty when there is none.
std::string variable(const Job& job, const std::string& name) {
  const json trainer = trainer_of(job);
  for (const json& each : trainer["env"])
    if (each["name"] == name) return each.contains("value") ? name + "=" + each["value"].get<std::string>() : name;
  return "";
}

// A field that is not read back is taken away by the apply that puts another one right. One that a queue sets is not
// ours to apply, or a cache that lags would set it back.
TEST(Attempt, IsWrittenBackWholeWhenSomebodyHasChangedIt) {
  Job wanted = make_attempt(distributed(), 0, kOptions);
  Job changed = wanted;
  changed.spec.parallelism = 0;
  changed.spec.suspend = true;
  const auto live = schema::from_text<Job>(schema::to_json(changed).dump());
  ASSERT_TRUE(live);
  const std::optional<Job> written = corrected(*live, attempt_numbers(distributed()));
  ASSERT_TRUE(written);
  EXPECT_EQ(schema::to_json(*written)["spec"], schema::to_json(wanted)["spec"]);
}

TEST(Attempt, OfAPlainTraining) {
  expect_golden(schema::to_json(make_attempt(training_job(), 0, kOptions)), "training_job/plain.yaml");
}

TEST(Attempt, OfADistributedTrainingWithDatasetsAndOutput) {
  expect_golden(schema::to_json(make_attempt(distributed(), 1, kOptions)), "training_job/torch.yaml");
}

TEST(Attempt, FindsItsPodsThroughAService) {
  expect_golden(schema::to_json(make_service(distributed())), "training_job/service.yaml");
}

TEST(Rendezvous, OfOneProcessAPodKnowsRankAndWorldSize) {
  TrainingJob job = training_job();
  job.spec.framework = Framework::kTorch;
  job.spec.num_nodes = 3;
  const Job attempt = make_attempt(job, 0, kOptions);
  EXPECT_EQ(variable(attempt, "WORLD_SIZE"), "WORLD_SIZE=3");
  EXPECT_EQ(variable(attempt, "RANK"), "RANK");
  EXPECT_EQ(variable(attempt, "MASTER_ADDR"), "MASTER_ADDR=train-0-0.train");
}

TEST(Rendezvous, OfOnePodIsInThatPod) {
  TrainingJob job = training_job();
  job.spec.framework = Framework::kTorch;
  const Job attempt = make_attempt(job, 0, kOptions);
  EXPECT_EQ(variable(attempt, "PET_MASTER_ADDR"), "PET_MASTER_ADDR=localhost");
  EXPECT_FALSE(attempt.spec.template_["spec"].contains("subdomain"));
}

TEST(Rendezvous, OfSeveralProcessesAPodLeavesThemToTorchrun) {
  const Job attempt = make_attempt(distributed(), 0, kOptions);
  EXPECT_EQ(variable(attempt, "WORLD_SIZE"), "");
  EXPECT_EQ(variable(attempt, "PET_NPROC_PER_NODE"), "PET_NPROC_PER_NODE=4");
}

TEST(Rendezvous, IsNotGivenToPlainTrainings) {
  TrainingJob job = training_job();
  job.spec.num_nodes = 2;
  const Job attempt = make_attempt(job, 0, kOptions);
  EXPECT_EQ(variable(attempt, "MASTER_ADDR"), "");
  EXPECT_EQ(attempt.spec.template_["spec"]["subdomain"], "train");
}

struct MemoryCase {
  const char* what;
  std::function<void(TrainingJobSpec&)> change;
  json want;  // The volume's emptyDir; null: no volume.
};

class SharedMemoryVolume : public testing::TestWithParam<MemoryCase> {};

TEST_P(SharedMemoryVolume, IsThere) {
  TrainingJob job = training_job();
  GetParam().change(job.spec);
  const Job attempt = make_attempt(job, 0, kOptions);
  const json volumes = attempt.spec.template_["spec"].value("volumes", json::array());
  json found;
  for (const json& volume : volumes)
    if (volume["name"] == "gyre-shm") found = volume["emptyDir"];
  EXPECT_EQ(found, GetParam().want) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, SharedMemoryVolume,
    testing::Values(MemoryCase{"one pod without GPUs", [](auto&) {}, nullptr},
                    MemoryCase{"as asked",
                               [](auto& s) { s.shared_memory = SharedMemory{"8Gi"}; },
                               {{"medium", "Memory"}, {"sizeLimit", "8Gi"}}},
                    MemoryCase{"several pods", [](auto& s) { s.num_nodes = 2; }, {{"medium", "Memory"}}},
                    MemoryCase{"half of the limit with two GPUs",
                               [](auto& s) {
                                 s.template_["spec"]["containers"][0]["resources"]["limits"] = {
                                     {"memory", "2Gi"}, {"nvidia.com/gpu", "2"}};
                               },
                               {{"medium", "Memory"}, {"sizeLimit", "1073741824"}}},
                    MemoryCase{"one GPU",
                               [](auto& s) {
                                 s.template_["spec"]["containers"][0]["resources"]["limits"] = {{"nvidia.com/gpu", 1}};
                               },
                               nullptr},
                    MemoryCase{"the user's own",
                               [](auto& s) {
                                 s.num_nodes = 2;
                                 s.template_["spec"]["containers"][0]["volumeMounts"] = {{{"mountPath", "/dev/shm"}}};
                               },
                               nullptr}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(Names, OfLongTrainingJobsFitPodsAndLabels) {
  TrainingJob job = training_job();
  job.metadata.name = std::string(200, 'n');
  const Job attempt = make_attempt(job, 100, kOptions);
  EXPECT_LE(attempt.metadata.name.size(), 57u) << "its pods are <job>-<index>, up to 63 characters";
  EXPECT_LE(attempt.metadata.labels.at(labels::kTrainingJob).size(), 63u);
  EXPECT_NE(attempt.metadata.name, make_attempt(job, 101, kOptions).metadata.name);
}

TEST(Publish, GoesToAFolderOfTheAttempt) {
  TrainingJob job = distributed();
  EXPECT_EQ(attempt_uri(job, 4), "pvc://models/published/train-4");
}

}  // namespace
}  // namespace gyre::training_job
