#include "crds/schema/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crds/v1alpha1/kinds.h"

namespace gyre {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

json service() {
  return json::parse(R"({
    "metadata": {"name": "churn"},
    "spec": {
      "model": {"name": "churn"},
      "predictor": {"runtime": "mlserver"},
      "rollout": {
        "steps": [{"setWeight": 10}, {"analysis": {}}, {"pause": {"duration": "1m"}}],
        "analysis": {"metrics": [{"name": "errors", "max": 0.01, "provider": {"agent": {"metric": "error_rate"}}}]}
      }
    }})");
}

std::vector<std::string> texts(const std::vector<schema::FieldError>& errors) {
  std::vector<std::string> out;
  for (const auto& error : errors) out.push_back(error.path + ": " + error.message);
  return out;
}

TEST(Validate, AcceptsAGoodService) {
  EXPECT_THAT(texts(schema::validate(*schema::from_json<InferenceService>(service()))), IsEmpty());
}

struct Bad {
  std::string sentence;
  std::string patch;  // RFC 7386
  std::string error;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.sentence; }

class ValidateService : public testing::TestWithParam<Bad> {};

TEST_P(ValidateService, Refuses) {
  json object = service();
  object.merge_patch(json::parse(GetParam().patch));
  const auto read = schema::from_json<InferenceService>(object);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(texts(schema::validate(*read)), Contains(HasSubstr(GetParam().error))) << GetParam().sentence;
}

INSTANTIATE_TEST_SUITE_P(
    Each, ValidateService,
    testing::Values(
        Bad{"a weight beyond all", R"({"spec": {"rollout": {"steps": [{"setWeight": 130}]}}})",
            "spec.rollout.steps[0].setWeight: must be at most 100, is 130"},
        Bad{"a step that says two things", R"({"spec": {"rollout": {"steps": [{"setWeight": 1, "analysis": {}}]}}})",
            "spec.rollout.steps[0]: set exactly one of"},
        Bad{"an analysis step without an analysis", R"({"spec": {"rollout": {"analysis": null}}})",
            "spec.rollout.analysis: a step says analysis, but no analysis is defined"},
        Bad{"negative replicas", R"({"spec": {"predictor": {"minReplicas": -1}}})",
            "spec.predictor.minReplicas: must be at least 0, is -1"},
        Bad{"no server at all", R"({"spec": {"predictor": {"runtime": null}}})",
            "spec.predictor: set runtime or template"},
        Bad{"custom without its mapping", R"({"spec": {"protocol": "custom"}})", "spec.custom: set custom with"},
        Bad{"a model's name that no label can carry", R"({"spec": {"model": {"name": "Churn!"}}})",
            "spec.model.name: \"Churn!\" is not valid; write lower-case letters"},
        Bad{"two pins",
            R"({"spec": {"model": {"version": 1, "digest": "sha256:0000000000000000000000000000000000000000000000000000000000000000"}}})",
            "spec.model.digest: pin by version or by digest"}));

TEST(Validate, SurvivesTextOfAnyLength) {
  json object = service();
  object["spec"]["protocol"] = "custom";
  object["spec"]["custom"] = {
      {"path", "/" + std::string(3'000'000, 'p')}, {"features", "$"}, {"prediction", "$." + std::string(1022, 'a')}};
  EXPECT_THAT(texts(schema::validate(*schema::from_json<InferenceService>(object))),
              ElementsAre("spec.custom.path: must be at most 1024 characters, has 3000001"));
}

TEST(Validate, RefusesNamesThatRepeat) {
  json object = service();
  auto& metrics = object["spec"]["rollout"]["analysis"]["metrics"];
  metrics.push_back(metrics[0]);
  EXPECT_THAT(texts(schema::validate(*schema::from_json<InferenceService>(object))),
              Contains(HasSubstr("metrics[1]: name \"errors\" is used twice")));
}

TEST(Validate, RefusesAWindowShorterThanItsBucket) {
  const json object = json::parse(
      R"({"metadata": {}, "spec": {"targetRef": {"name": "x"}, "window": {"duration": "10s", "bucket": "1m"}}})");
  EXPECT_THAT(texts(schema::validate(*schema::from_json<DriftMonitor>(object))),
              Contains(HasSubstr("spec.window.duration: duration must not be shorter than bucket")));
}

TEST(ValidateUpdate, RefusesAChangedImmutableFieldAndAcceptsTheRest) {
  const json before = json::parse(R"({"metadata": {}, "spec": {"template": {"spec": {}}, "numNodes": 2}})");
  json after = before;
  after["spec"]["suspend"] = true;
  const auto read = [](const json& object) { return *schema::from_json<TrainingJob>(object); };
  EXPECT_THAT(schema::validate_update(read(before), read(after)), IsEmpty());
  after["spec"]["template"]["spec"]["hostNetwork"] = true;
  EXPECT_THAT(texts(schema::validate_update(read(before), read(after))),
              Contains(HasSubstr("spec.template: cannot be changed after creation")));
}

}  // namespace
}  // namespace gyre
