#include "webhooks/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gyre::webhooks {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

// Accepts every template but those with the field "imagee" or lots of something, as the API server would say it.
struct FakeChecker : PodTemplateChecker {
  Result<std::vector<schema::FieldError>> check(const std::string&, const json& pod_template) override {
    if (is_away) return fail(Code::kUnavailable, "Http503", "no API server");
    if (pod_template.dump().find("\"lots\"") != std::string::npos)
      return template_errors("quantities must match the regular expression", pod_template);
    if (pod_template.dump().find("imagee") == std::string::npos) return std::vector<schema::FieldError>{};
    return template_errors(R"(strict decoding error: unknown field "template.spec.containers[0].imagee")",
                           pod_template);
  }
  bool is_away = false;
};

json object(const char* kind, const char* spec) {
  return {{"apiVersion", "gyre.dev/v1alpha1"},
          {"kind", kind},
          {"metadata", {{"name", "x"}, {"namespace", "demo"}}},
          {"spec", json::parse(spec)}};
}

json training_job() {
  return object("TrainingJob", R"({"template": {"spec": {"containers": [
      {"name": "trainer", "image": "trainer:1", "command": ["sh", "-c", "true"]}]}}})");
}
json experiment() {
  return object("Experiment", R"({"objective": {"metric": "loss", "type": "minimize"},
      "algorithm": {"algorithmName": "random", "seed": 3},
      "parameters": [{"name": "x", "parameterType": "double", "feasibleSpace": {"min": "0", "max": "1"}}],
      "maxTrialCount": 3, "parallelTrialCount": 2,
      "trialTemplate": {"trialParameters": [{"name": "x", "reference": "x"}], "trainingJob": {"template": {"spec":
      {"containers": [{"name": "trainer", "image": "t:1", "command": ["echo", "${trialParameters.x}"]}]}}}}})");
}
json inference_service() {
  return object("InferenceService", R"({"model": {"name": "digits"}, "predictor": {"runtime": "mlserver"},
      "rollout": {"steps": [{"setWeight": 20}, {"analysis": {}}], "analysis": {"metrics": [
      {"name": "errors", "max": 0.01, "provider": {"agent": {"metric": "error_rate"}}}]}}})");
}
json drift_monitor() {
  json out = object("DriftMonitor", R"({"targetRef": {"name": "digits"}, "window": {"duration": "10m", "bucket": "1m"},
      "features": [{"name": "a", "methods": [{"name": "psi", "threshold": 0.2}]}], "retrain": {}})");
  out["spec"]["retrain"]["trainingJob"] = training_job()["spec"];
  return out;
}
json model_version() {
  return object("ModelVersion", R"({"model": "digits", "artifact": {"uri": "pvc://models/x",
      "manifestDigest": "sha256:0000000000000000000000000000000000000000000000000000000000000000"}})");
}

AdmissionRequest request(const json& object, Operation operation = Operation::kCreate) {
  AdmissionRequest out;
  out.uid = "u";
  out.operation = operation;
  out.kind = object["kind"];
  out.namespace_ = "demo";
  out.name = object["metadata"]["name"];
  (operation == Operation::kDelete ? out.old_object : out.object) = object;
  return out;
}

struct World {
  std::vector<InferenceService> services;
  FakeChecker checker;
  Lookups lookups() {
    return {[this](const std::string&) -> Result<std::vector<InferenceService>> { return services; }, checker};
  }
  AdmissionResponse review(const AdmissionRequest& request) { return webhooks::review(request, lookups()); }
};

json at(json object, const char* pointer, json value) {
  object[json::json_pointer(pointer)] = std::move(value);
  return object;
}

TEST(Admission, AcceptsGoodObjectsOfEachKind) {
  for (const json& good : {training_job(), experiment(), inference_service(), drift_monitor(), model_version()})
    EXPECT_EQ(World().review(request(good)), AdmissionResponse{}) << good["kind"];
}

struct Bad {
  const char* what;
  json object;
  std::vector<std::string> says;
};

class Refused : public testing::TestWithParam<Bad> {};

TEST_P(Refused, SaysWhereAndWhatToWrite) {
  const AdmissionResponse response = World().review(request(GetParam().object));
  EXPECT_FALSE(response.allowed) << GetParam().what;
  EXPECT_EQ(response.code, 422);
  for (const std::string& words : GetParam().says) EXPECT_THAT(response.message, HasSubstr(words)) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refused,
    testing::Values(
        Bad{"an unknown field",
            at(training_job(), "/spec/numNode", 2),
            {"spec.numNode", "unknown field", "\"numNodes\""}},
        Bad{"a wrong type", at(training_job(), "/spec/numNodes", "two"), {"spec.numNodes", "integer"}},
        Bad{"an analysis that is not defined",
            at(inference_service(), "/spec/rollout", {{"steps", {{{"analysis", json::object()}}}}}),
            {"spec.rollout", "no analysis is defined"}},
        Bad{"a weight of 130", at(inference_service(), "/spec/rollout/steps/0/setWeight", 130), {"setWeight", "100"}},
        Bad{"negative replicas",
            at(inference_service(), "/spec/predictor/minReplicas", -1),
            {"spec.predictor.minReplicas", "0"}},
        Bad{"a typo inside the pod template",
            at(training_job(), "/spec/template/spec/containers/0/imagee", "x"),
            {"spec.template.spec.containers[0].imagee", "unknown field", "\"image\""}},
        Bad{"a typo inside a trial's pod template",
            at(experiment(), "/spec/trialTemplate/trainingJob/template/spec/containers/0/imagee", "x"),
            {"spec.trialTemplate.trainingJob.template.spec.containers[0].imagee"}},
        Bad{"a typo inside a retraining's pod template",
            at(drift_monitor(), "/spec/retrain/trainingJob/template/spec/containers/0/imagee", "x"),
            {"spec.retrain.trainingJob.template.spec.containers[0].imagee"}},
        Bad{"an unknown field of a trial",
            at(experiment(), "/spec/trialTemplate/trainingJob/numNode", 2),
            {"spec.trialTemplate.trainingJob.numNode", "\"numNodes\""}},
        Bad{"an unknown field of a retraining",
            at(drift_monitor(), "/spec/retrain/trainingJob/numNode", 2),
            {"spec.retrain.trainingJob.numNode", "\"numNodes\""}},
        Bad{"a quantity of a runtime that is none",
            at(inference_service(), "/spec/predictor/resources", {{"requests", {{"cpu", "lots"}}}}),
            {"spec.predictor.resources.requests.cpu: ", "500m"}},
        Bad{"a wrong type in a trial",
            at(experiment(), "/spec/trialTemplate/trainingJob/numNodes", "two"),
            {"spec.trialTemplate.trainingJob.numNodes: ", "integer"}},
        Bad{"a wrong type deep in a retraining",
            at(drift_monitor(), "/spec/retrain/trainingJob/datasets", json::array({{{"name", "a"}, {"uri", 1}}})),
            {"spec.retrain.trainingJob.datasets[0].uri: ", "string"}},
        Bad{"a retraining that is suspended",
            at(drift_monitor(), "/spec/retrain/trainingJob/suspend", true),
            {"spec.retrain.trainingJob.suspend: ", "use spec.suspend"}},
        Bad{"an empty search space", at(experiment(), "/spec/parameters", json::array()), {"spec.parameters"}},
        Bad{"a parameter that is not in the space",
            at(experiment(), "/spec/trialTemplate/trialParameters/0/reference", "y"),
            {"spec.trialTemplate.trialParameters[0].reference", "\"y\"", "write one of x"}},
        Bad{"a window shorter than its bucket",
            at(drift_monitor(), "/spec/window", {{"duration", "10s"}, {"bucket", "1m"}}),
            {"spec.window", "shorter than bucket"}},
        Bad{"a trainer of another name",
            at(training_job(), "/spec/template/spec/containers/0/name", "main"),
            {"spec.template.spec.containers", "trainer"}},
        Bad{"a storage scheme that is not built",
            at(training_job(), "/spec/output", {{"uri", "s3://bucket/x"}}),
            {"spec.output.uri", "pvc://"}},
        Bad{"an approval of other bytes",
            at(model_version(), "/spec/approval",
               {{"mode", "Manual"}, {"approved", {{"digest", "sha256:" + std::string(64, '1')}}}}),
            {"spec.approval.approved.digest", "manifestDigest sha256:000"}},
        Bad{"a spec that is a list", at(training_job(), "/spec", json::array()), {"spec"}}));

TEST(Admission, RefusesChangesOfWhatIsImmutable) {
  AdmissionRequest update =
      request(at(training_job(), "/spec/template/spec/containers/0/image", "other:2"), Operation::kUpdate);
  update.old_object = training_job();
  EXPECT_THAT(World().review(update).message, AllOf(HasSubstr("spec.template"), HasSubstr("cannot be changed")));

  update = request(at(model_version(), "/spec/artifact/uri", "pvc://models/y"), Operation::kUpdate);
  update.old_object = model_version();
  EXPECT_THAT(World().review(update).message, AllOf(HasSubstr("spec.artifact"), HasSubstr("cannot be changed")));
}

TEST(Admission, LetsSuspendChange) {
  AdmissionRequest update = request(at(training_job(), "/spec/suspend", true), Operation::kUpdate);
  update.old_object = training_job();
  EXPECT_TRUE(World().review(update).allowed);
}

TEST(Admission, RefusesToProlongASearchThatHasEnded) {
  AdmissionRequest update = request(at(experiment(), "/spec/maxTrialCount", 9), Operation::kUpdate);
  update.old_object = experiment();
  EXPECT_TRUE(World().review(update).allowed) << "it still runs";
  update.old_object["status"] = {{"phase", "Succeeded"}, {"completionTime", "2026-11-21T10:00:00Z"}};
  EXPECT_THAT(World().review(update).message, HasSubstr("create another Experiment"));
}

TEST(Admission, LeavesAnObjectAloneWhoseSpecStaysOrThatIsGoingAway) {
  const json bad = at(training_job(), "/spec/numNodes", -1);
  AdmissionRequest update = request(at(bad, "/metadata/labels", {{"a", "b"}}), Operation::kUpdate);
  update.old_object = bad;
  EXPECT_TRUE(World().review(update).allowed);
  update = request(at(bad, "/metadata/deletionTimestamp", "2026-01-01T00:00:00Z"), Operation::kUpdate);
  update.old_object = training_job();
  EXPECT_TRUE(World().review(update).allowed);
}

TEST(Admission, AsksToTryAgainWhenTheTemplateCannotBeChecked) {
  World world;
  world.checker.is_away = true;
  const AdmissionResponse response = world.review(request(training_job()));
  EXPECT_FALSE(response.allowed);
  EXPECT_EQ(response.code, 500);
  EXPECT_THAT(response.message, HasSubstr("try again"));
}

InferenceService serving(const std::string& stable, const std::string& canary, std::vector<std::string> history) {
  InferenceService out;
  out.metadata.name = "digits";
  out.status.stable.emplace().model_version = stable;
  if (!canary.empty()) out.status.canary.emplace().model_version = canary;
  out.status.history = std::move(history);
  return out;
}

TEST(Admission, RefusesToDeleteAVersionInUseNamingTheService) {
  const AdmissionRequest deletion = request(model_version(), Operation::kDelete);
  const auto answer_to = [&](InferenceService service) {
    World world;
    world.services = {std::move(service)};
    return world.review(deletion);
  };
  EXPECT_THAT(answer_to(serving("x", "", {})).message, HasSubstr("InferenceService digits serves it"));
  EXPECT_THAT(answer_to(serving("y", "x", {})).message, HasSubstr("InferenceService digits is trying it"));
  EXPECT_THAT(answer_to(serving("y", "", {"x"})).message, HasSubstr("InferenceService digits may roll back to it"));
  EXPECT_TRUE(answer_to(serving("y", "", {"z"})).allowed);
  InferenceService leaving = serving("x", "", {});
  leaving.metadata.deletion_timestamp = Time{};
  EXPECT_TRUE(answer_to(leaving).allowed);
}

TEST(Answer, IsAnAdmissionReviewWithTheUid) {
  World world;
  const json review = {{"apiVersion", "admission.k8s.io/v1"},
                       {"kind", "AdmissionReview"},
                       {"request",
                        {{"uid", "abc"},
                         {"operation", "CREATE"},
                         {"kind", {{"kind", "TrainingJob"}}},
                         {"namespace", "demo"},
                         {"name", "x"},
                         {"object", training_job()}}}};
  const HttpAnswer good = answer(review.dump(), world.lookups());
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(json::parse(good.body), json::parse(R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                                                    "response": {"uid": "abc", "allowed": true}})"));
  const json bad = json::parse(answer(at(review, "/request/object/spec/numNodes", -1).dump(), world.lookups()).body);
  EXPECT_EQ(bad["response"]["allowed"], false);
  EXPECT_EQ(bad["response"]["status"]["code"], 422);
}

TEST(Answer, TellsInAFewWordsWhatWasReviewed) {
  World world;
  const auto reviewed = [&](const char* operation, const char* kind, const json& object) {
    return answer(json{{"apiVersion", "admission.k8s.io/v1"},
                       {"kind", "AdmissionReview"},
                       {"request",
                        {{"uid", "abc"},
                         {"operation", operation},
                         {"kind", {{"kind", kind}}},
                         {"namespace", "demo"},
                         {"name", "x"},
                         {"object", object}}}}
                      .dump(),
                  world.lookups())
        .reviewed;
  };
  EXPECT_EQ(reviewed("CREATE", "TrainingJob", training_job()), (Reviewed{"TrainingJob", "create", "allowed"}));
  EXPECT_EQ(reviewed("UPDATE", "TrainingJob", at(training_job(), "/spec/numNodes", -1)),
            (Reviewed{"TrainingJob", "update", "denied"}));
  EXPECT_EQ(reviewed("CONNECT", "Whatever-4711", {}), (Reviewed{"other", "other", "allowed"}));
  EXPECT_EQ(answer("{", world.lookups()).reviewed, std::nullopt);
  world.checker.is_away = true;
  EXPECT_EQ(reviewed("CREATE", "TrainingJob", training_job()), (Reviewed{"TrainingJob", "create", "unchecked"}));
}

TEST(Answer, SaysWhatIsWrongWithABody) {
  World world;
  const json good = json::parse(R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
      "request": {"uid": "abc", "operation": "CREATE", "kind": {"kind": "TrainingJob"}}})");
  const std::pair<std::string, const char*> cases[] = {
      {"", "not a JSON object"},
      {"{", "not a JSON object"},
      {"null", "not a JSON object"},
      {"[1,2]", "not a JSON object"},
      {std::string("\xff\xfe\0x", 4), "not a JSON object"},
      {std::string(100000, '['), "nested too deeply"},
      {at(good, "/kind", "TokenReview").dump(), "\"TokenReview\" of \"admission.k8s.io/v1\""},
      {at(good, "/apiVersion", "admission.k8s.io/v1beta1").dump(), "not AdmissionReview of admission.k8s.io/v1"},
      {at(good, "/request", 3).dump(), "no request"},
      {at(good, "/request/uid", 5).dump(), "request.uid"},
      {at(good, "/request/operation", json()).dump(), "request.operation"},
      {at(good, "/request/kind", "TrainingJob").dump(), "request.kind.kind"},
  };
  for (const auto& [body, says] : cases) {
    const HttpAnswer out = answer(body, world.lookups());
    EXPECT_EQ(out.status, 400) << body.substr(0, 20);
    EXPECT_THAT(out.body, testing::HasSubstr(says));
  }
  EXPECT_EQ(answer(good.dump(), world.lookups()).status, 200);
}

// Every part of a good review, replaced by something of each other type: an answer, whatever it is.
TEST(Answer, SurvivesWrongTypesEverywhere) {
  World world;
  for (const json& good : {training_job(), experiment(), inference_service(), drift_monitor(), model_version()}) {
    const json review = {{"apiVersion", "admission.k8s.io/v1"},
                         {"kind", "AdmissionReview"},
                         {"request",
                          {{"uid", "abc"},
                           {"operation", "UPDATE"},
                           {"kind", {{"kind", good["kind"]}}},
                           {"namespace", "demo"},
                           {"name", "x"},
                           {"object", good},
                           {"oldObject", good}}}};
    const json flat = review.flatten();
    for (const auto& [pointer, value] : flat.items())
      for (json::json_pointer at(pointer); !at.empty(); at = at.parent_pointer())
        for (const json& other : {json(), json(7), json(-1.5), json("\xc3\x28"), json::array({1}), json{{"a", 1}}}) {
          json changed = review;
          changed[at] = other;
          const HttpAnswer out = answer(changed.dump(-1, ' ', false, json::error_handler_t::ignore), world.lookups());
          EXPECT_THAT(out.status, testing::AnyOf(200, 400)) << at.to_string();
        }
  }
}

}  // namespace
}  // namespace gyre::webhooks
