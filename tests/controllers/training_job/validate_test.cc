#include "controllers/training_job/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controllers/training_job/world.h"

namespace gyre::training_job {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;

struct Case {
  const char* what;
  std::function<void(TrainingJobSpec&)> change;
  const char* path;
  const char* says;
};

json& pod(TrainingJobSpec& spec) { return spec.template_["spec"]; }
json& container(TrainingJobSpec& spec) { return pod(spec)["containers"][0]; }

class Refused : public testing::TestWithParam<Case> {};

TEST_P(Refused, WithPathAndAdvice) {
  TrainingJob job = training_job();
  GetParam().change(job.spec);
  const auto errors = check_training_job(job);
  ASSERT_EQ(errors.size(), 1u) << GetParam().what;
  EXPECT_EQ(errors[0].path, GetParam().path);
  EXPECT_THAT(errors[0].message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refused,
    testing::Values(
        Case{"no pod spec", [](auto& s) { s.template_ = json::object(); }, "spec.template.spec", "trainer"},
        Case{"a trainer of another name", [](auto& s) { container(s)["name"] = "main"; },
             "spec.template.spec.containers", "there is main"},
        Case{"no containers", [](auto& s) { pod(s).erase("containers"); }, "spec.template.spec.containers", "none"},
        Case{"containers of an odd type", [](auto& s) { pod(s)["containers"] = 3; }, "spec.template.spec.containers",
             "none"},
        Case{"our container's name", [](auto& s) { pod(s)["initContainers"] = {{{"name", "gyre-publish"}}}; },
             "spec.template.spec.initContainers[0].name", "choose another"},
        Case{"our volume's name", [](auto& s) { pod(s)["volumes"] = {{{"name", "gyre-output"}}}; },
             "spec.template.spec.volumes[0].name", "reserved"},
        Case{"our label", [](auto& s) { s.template_["metadata"]["labels"]["gyre.dev/attempt"] = "9"; },
             "spec.template.metadata.labels", "remove it"},
        Case{"restarts in place", [](auto& s) { pod(s)["restartPolicy"] = "OnFailure"; },
             "spec.template.spec.restartPolicy", "Never"},
        Case{"a subdomain", [](auto& s) { s.num_nodes = 2, pod(s)["subdomain"] = "x"; }, "spec.template.spec.subdomain",
             "remove it"},
        Case{"a mount below ours", [](auto& s) { container(s)["volumeMounts"] = {{{"mountPath", "/gyre/output"}}}; },
             "spec.template.spec.containers[0].volumeMounts[0].mountPath", "elsewhere"},
        Case{"our variable", [](auto& s) { container(s)["env"] = {{{"name", "GYRE_SEED"}}}; },
             "spec.template.spec.containers[0].env[0].name", "set by the operator"},
        Case{"torch's variable",
             [](auto& s) {
               s.framework = Framework::kTorch;
               container(s)["env"] = {{{"name", "MASTER_ADDR"}}};
             },
             "spec.template.spec.containers[0].env[0].name", "MASTER_ADDR"},
        Case{"a parameter that makes no variable", [](auto& s) { s.parameters["a b"] = "1"; }, "spec.parameters",
             "\"a b\""},
        Case{"parameters that meet", [](auto& s) { s.parameters = {{"a-b", "1"}, {"a.b", "2"}}; }, "spec.parameters",
             "GYRE_PARAM_A_B"},
        Case{"processes without torch", [](auto& s) { s.num_proc_per_node = "4"; }, "spec.numProcPerNode",
             "framework: torch"},
        Case{"more shared memory than memory",
             [](auto& s) {
               s.shared_memory = SharedMemory{"2Gi"};
               container(s)["resources"]["limits"]["memory"] = "1Gi";
             },
             "spec.sharedMemory.sizeLimit", "raise the limit or lower this"},
        Case{"two shared memories",
             [](auto& s) {
               s.shared_memory = SharedMemory{"1Gi"};
               container(s)["volumeMounts"] = {{{"mountPath", "/dev/shm"}}};
             },
             "spec.sharedMemory", "remove that mount"}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(Accepted, AreUsualTrainingJobs) {
  TrainingJob job = training_job();
  EXPECT_THAT(check_training_job(job), IsEmpty());
  container(job.spec)["env"] = {{{"name", "MASTER_ADDR"}}, {{"name", "LEARNING_RATE"}}};
  pod(job.spec)["restartPolicy"] = "Never";
  job.spec.parameters = {{"keep-below", "px:13"}, {"c", "0.1"}};
  EXPECT_THAT(check_training_job(job), IsEmpty()) << "MASTER_ADDR is the user's own without framework: torch";
}

TEST(Accepted, PathsFollowTheObjectThatHoldsTheSpec) {
  TrainingJobSpec spec = training_job().spec;
  container(spec)["name"] = "main";
  EXPECT_EQ(check_training_job_spec(spec, "spec.retrain.trainingJob").at(0).path,
            "spec.retrain.trainingJob.template.spec.containers");
}

}  // namespace
}  // namespace gyre::training_job
