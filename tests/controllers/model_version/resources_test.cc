#include "controllers/model_version/resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controllers/model_version/world.h"

namespace gyre::model_version {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAreArray;

const Options kOptions{"worker:1", "https://gyre-collector.gyre.svc:9444"};

std::vector<std::string> arguments(const Job& job) {
  return job.spec.template_["spec"]["containers"][0]["args"].get<std::vector<std::string>>();
}

TEST(VerifyJob, ReadsTheClaimAndHandsTheBaselineOver) {
  World world;
  world.spec([](ModelVersionSpec& spec) { spec.baseline_profile = BaselineRef{"pvc://models/b.json", kDigest}; });
  const Job job = make_verify_job(world.version(), 1, kOptions);
  EXPECT_THAT(arguments(job),
              ElementsAreArray({"fetch", "--as", "model", "--verify-only", "--uri", "pvc://models/published/1",
                                "--digest", kDigest.c_str(), "--baseline-digest", kDigest.c_str(), "--collector",
                                "https://gyre-collector.gyre.svc:9444", "--ca", "/gyre/ca/ca.crt", "--token",
                                "/gyre/token/token", "--name", "digits-1"}));
  EXPECT_EQ(job.spec.backoff_limit, 2);
  EXPECT_EQ(job.metadata.labels.at(labels::kManagedBy), "gyre");
  EXPECT_EQ(controller_of(job.metadata)->uid, "uid-1");
}

TEST(VerifyJob, MountsTheArtifactReadOnly) {
  const json pod = make_verify_job(World().version(), 1, kOptions).spec.template_["spec"];
  EXPECT_THAT(pod["volumes"],
              Contains(json::parse(R"({"name": "artifact", "persistentVolumeClaim": {"claimName": "models"}})")));
  EXPECT_THAT(pod["containers"][0]["volumeMounts"],
              Contains(json::parse(R"({"name": "artifact", "mountPath": "/gyre/pvc/models", "readOnly": true})")));
}

TEST(VerifyJob, MeetsTheRestrictedPodSecurityStandard) {
  const json pod = make_verify_job(World().version(), 1, kOptions).spec.template_["spec"];
  EXPECT_EQ(pod["securityContext"]["runAsNonRoot"], true);
  EXPECT_EQ(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
  EXPECT_EQ(pod["containers"][0]["securityContext"],
            json::parse(R"({"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                            "capabilities": {"drop": ["ALL"]}})"));
  EXPECT_EQ(pod["automountServiceAccountToken"], false);
}

TEST(EvaluateJob, AsksTheChampionThroughItsService) {
  World world;
  world.gates({at_least(0.9), beats_champion()}).spec([](ModelVersionSpec& spec) { spec.lineage.seed = 7; });
  const CustomProtocol custom{"/predict", "$.instances[*]", "$.predictions[*]"};
  const Job job =
      make_evaluate_job(world.version(), 3, {"digits", "digits-0", Protocol::kCustom, custom}, {1}, kOptions);
  EXPECT_EQ(job.metadata.name, "digits-1-evaluate-3");
  EXPECT_THAT(
      arguments(job),
      ElementsAreArray({"evaluate", "--uri", "pvc://models/published/1", "--predictions-digest", kDigest.c_str(),
                        "--evaluation-digest", kDigest.c_str(), "--gates", R"([{"metric":"accuracy","vs":"Champion"}])",
                        "--service", "http://digits.ml.svc:80", "--model", "digits", "--protocol", "custom", "--custom",
                        R"({"features":"$.instances[*]","path":"/predict","prediction":"$.predictions[*]"})", "--seed",
                        "7"}));
}

TEST(Names, OfLongVersionsStayLabels) {
  World world;
  ModelVersion version = world.version();
  version.metadata.name = std::string(63, 'm');
  EXPECT_LE(verify_name(version, 12).size(), 63u);
  EXPECT_NE(verify_name(version, 1), verify_name(version, 2));
}

}  // namespace
}  // namespace gyre::model_version
