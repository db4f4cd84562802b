#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crds/builtin/deployment.h"
#include "crds/v1alpha1/kinds.h"

namespace gyre {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json monitor() {
  return json::parse(R"({
    "apiVersion": "gyre.dev/v1alpha1", "kind": "DriftMonitor",
    "metadata": {"name": "churn", "namespace": "ml"},
    "spec": {
      "targetRef": {"name": "churn"},
      "window": {"duration": "30m", "bucket": "2m", "minRows": 200},
      "features": [{"name": "age", "methods": [{"name": "psi", "threshold": 0.2}]}],
      "decision": {"nOfM": [1, 2]},
      "retrain": {"trainingJob": {"template": {"spec": {"anything": [1, "two"]}}}}
    },
    "status": {"phase": "Watching"}})");
}

TEST(Codec, ReadsWhatUsersWrite) {
  const auto read = schema::from_json<DriftMonitor>(monitor());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->spec.window.duration, std::chrono::minutes(30));
  EXPECT_EQ(read->spec.window.allowed_lateness, std::chrono::seconds(15)) << "the default stays";
  EXPECT_EQ(read->spec.decision.n_of_m, (std::vector<std::int32_t>{1, 2}));
  EXPECT_EQ(read->spec.retrain->training_job["template"]["spec"]["anything"][1], "two") << "raw parts stay as they are";
}

TEST(Codec, WritesBackWhatItReadWithoutDefaults) {
  const auto read = schema::from_json<DriftMonitor>(monitor());
  json expected = monitor();
  EXPECT_EQ(schema::to_json(*read), expected);
}

TEST(Codec, IgnoresUnknownFields) {
  json object = monitor();
  object["spec"]["fromTheFuture"] = 1;
  EXPECT_TRUE(schema::from_json<DriftMonitor>(object));
}

struct Wrong {
  std::string sentence;
  std::string pointer;
  json value;
  std::string message;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.sentence; }

class CodecErrors : public testing::TestWithParam<Wrong> {};

TEST_P(CodecErrors, NameTheField) {
  json object = monitor();
  const json::json_pointer at(GetParam().pointer);
  if (GetParam().value.is_null()) {
    object[at.parent_pointer()].erase(at.back());
  } else {
    object[at] = GetParam().value;
  }
  const auto read = schema::from_json<DriftMonitor>(object);
  ASSERT_FALSE(read) << GetParam().sentence;
  EXPECT_EQ(read.error().code, Code::kInvalid);
  EXPECT_THAT(read.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Each, CodecErrors,
                         testing::Values(Wrong{"a text where a number belongs", "/spec/window/minRows", "many",
                                               "spec.window.minRows: must be an integer"},
                                         Wrong{"a fraction where a whole number belongs", "/spec/window/minRows", 1.5,
                                               "spec.window.minRows: must be an integer"},
                                         Wrong{"a duration without its unit", "/spec/window/duration", "30",
                                               "spec.window.duration: \"30\" is not a duration"},
                                         Wrong{"an unknown word", "/spec/features/0/methods/0/name", "psy",
                                               "spec.features[0].methods[0].name: must be one of psi"},
                                         Wrong{"a missing field", "/spec/targetRef/name", nullptr,
                                               "spec.targetRef.name: is required"},
                                         Wrong{"a list instead of an object", "/spec/window", json::array(),
                                               "spec.window: must be an object, not array"},
                                         Wrong{"a number too large for its type", "/spec/decision/nOfM/0", 5000000000,
                                               "spec.decision.nOfM[0]: 5000000000 is out of range"},
                                         Wrong{"a number that would wrap around to -1", "/spec/decision/nOfM/0",
                                               UINT64_MAX, "spec.decision.nOfM[0]: must be an integer, not number"}));

TEST(Codec, KeepsBuiltInPodTemplatesRaw) {
  const json object = {{"apiVersion", "apps/v1"},
                       {"kind", "Deployment"},
                       {"metadata", {{"name", "x"}, {"managedFields", json::array({1})}}},
                       {"spec", {{"replicas", 0}, {"template", {{"spec", {{"novelField", true}}}}}}}};
  const auto read = schema::from_json<Deployment>(object);
  ASSERT_TRUE(read);
  const json written = schema::to_json(*read);
  EXPECT_EQ(written["spec"]["replicas"], 0) << "zero was set, so it is written";
  EXPECT_TRUE(written["spec"]["template"]["spec"]["novelField"]);
  EXPECT_FALSE(written["metadata"].contains("managedFields"));
}

TEST(Codec, LeavesOutWhatIsOnlySetWhereObjectsComeInMasses) {
  const auto read = schema::from_text<Deployment>(
      R"({"metadata": {"name": "x"}, "spec": {"replicas": 2, "strategy": {}, "template": {"spec": {}}}})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->spec.replicas, 2);
  EXPECT_TRUE(read->spec.template_.is_null());
  EXPECT_TRUE(read->spec.strategy.is_null());
}

}  // namespace
}  // namespace gyre
