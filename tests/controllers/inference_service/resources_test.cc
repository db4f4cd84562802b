#include "controllers/inference_service/resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "controllers/inference_service/pod.h"
#include "controllers/inference_service/runtimes.h"
#include "operator/base/text.h"
#include "tests/controllers/inference_service/world.h"
#include "tests/support/golden.h"

namespace gyre::inference_service {
namespace {

using nlohmann::json;
using support::expect_golden;
using testing::HasSubstr;

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(std::string(GYRE_SOURCE_DIR) + "/" + path).rdbuf();
  return text.str();
}

// The object of a sample, as the API server would hand it over.
InferenceService sample(const std::string& file) {
  const Result<json> object = render_runtime(read("samples/digits/" + file), "");
  InferenceService service = *schema::from_json<InferenceService>(*object);
  service.metadata.namespace_ = "ml";
  service.metadata.uid = "uid-1";
  return service;
}

Observed seen_with(const InferenceService& service) {
  Observed seen;
  seen.service = std::make_shared<InferenceService>(service);
  seen.runtime = replace_all(read("charts/gyre/files/runtimes/mlserver.yaml"), "{{ .image }}", "mlserver:1");
  seen.options = {"agent:1", "worker:1", "https://gyre-collector.gyre.svc:9444", "gyre"};
  return seen;
}

ModelVersion with_baseline() {
  ModelVersion version = model_version(7, 'a');
  version.spec.baseline_profile = BaselineRef{};
  version.spec.baseline_profile->digest = digest_of('b');
  return version;
}

TEST(Deployment, OfTheSampleInMlserver) {
  const InferenceService service = sample("inference-service.yaml");
  const Result<Revision> revision = render_revision(seen_with(service), with_baseline());
  ASSERT_TRUE(revision) << revision.error().message;
  expect_golden(schema::to_json(make_deployment(service, *revision, 2)), "inference_service/mlserver.yaml");
}

TEST(Deployment, OfTheSampleInFastapi) {
  const InferenceService service = sample("inference-service-fastapi.yaml");
  const Result<Revision> revision = render_revision(seen_with(service), model_version(7, 'a'));
  ASSERT_TRUE(revision) << revision.error().message;
  expect_golden(schema::to_json(make_deployment(service, *revision, 1)), "inference_service/fastapi.yaml");
}

TEST(ControllerRevision, KeepsTheWholePod) {
  World world = serving();
  const Observed seen = world.seen();
  const auto kept = find_revision(seen, world.hash(1));
  ASSERT_TRUE(kept);
  EXPECT_EQ(*kept, *render_revision(seen, *seen.versions[0]));
  EXPECT_EQ(kept->pod, world.deployment(world.hash(1)).spec.template_);
}

TEST(Services, OfARevisionAndOfStable) {
  InferenceService service = inference_service();
  expect_golden(schema::to_json(make_stable_service(service, "0badcafe")), "inference_service/stable-service.yaml");
  expect_golden(schema::to_json(make_revision_service(service, "0badcafe")), "inference_service/revision-service.yaml");
}

TEST(Routes, NameTheCanaryWhileThereIsOne) {
  InferenceService service = inference_service();
  service.status.routes_generation = 5;
  service.status.stable = RevisionStatus{.revision = "aaaaaaaa"};
  EXPECT_EQ(make_routes(service), (wire::Routes{5, {"aaaaaaaa", "digits-aaaaaaaa.ml.svc:80"}, std::nullopt, 0}));
  service.status.canary = RevisionStatus{.revision = "bbbbbbbb"};
  service.status.rollout = RolloutStatus{.weight = 25};
  const wire::RouteTarget canary{"bbbbbbbb", "digits-bbbbbbbb.ml.svc:80"};
  EXPECT_EQ(make_routes(service), (wire::Routes{5, {"aaaaaaaa", "digits-aaaaaaaa.ml.svc:80"}, canary, 25}));
  expect_golden(schema::to_json(make_routes_map(service)), "inference_service/routes.yaml");
}

TEST(Names, OfLongServicesFitObjectsAndLabels) {
  InferenceService service = inference_service();
  service.metadata.name = std::string(63, 'n');
  Revision revision;
  revision.hash = "0badcafe";
  const Deployment deployment = make_deployment(service, revision, 1);
  EXPECT_LE(deployment.metadata.name.size(), 63u);
  EXPECT_LE(deployment.metadata.labels.at(labels::kService).size(), 63u);
  EXPECT_NE(make_revision_service(service, "0badcafe").metadata.name,
            make_revision_service(service, "0badcaff").metadata.name);
}

TEST(Template, KeepsWhatTheUserWroteAndWeDoNotKnow) {
  const json pod = json::parse(R"({
    "metadata": {"annotations": {"team": "vision"}},
    "spec": {"unheardOf": {"kept": true}, "terminationGracePeriodSeconds": 300, "serviceAccountName": "reader",
             "initContainers": [{"name": "prepare"}], "volumes": [{"name": "cache"}],
             "containers": [{"name": "metrics"}, {"name": "server", "env": [{"name": "A", "value": "1"}]}]}})");
  const json out = *render_pod(inference_service(), model_version(1, 'a'), "0badcafe", pod, {});
  EXPECT_EQ(out["metadata"]["annotations"]["team"], "vision");
  EXPECT_EQ(out["spec"]["unheardOf"]["kept"], true);
  EXPECT_EQ(out["spec"]["terminationGracePeriodSeconds"], 300);
  EXPECT_EQ(out["spec"]["serviceAccountName"], "reader");
  EXPECT_EQ(out["spec"]["initContainers"][2]["name"], "prepare") << "after the model is there";
  EXPECT_EQ(out["spec"]["volumes"][0]["name"], "cache");
  EXPECT_EQ(out["spec"]["containers"][0], json({{"name", "metrics"}}));
  EXPECT_EQ(out["spec"]["containers"][1]["env"][0]["name"], "A");
}

TEST(Template, OfStrangeJsonIsAnErrorAndNoCrash) {
  for (const char* text : {"null", "5", "[]", "{}", R"({"spec": 1})", R"({"spec": {"containers": {}}})",
                           R"({"spec": {"containers": [1]}})",
                           R"({"metadata": {"labels": null}, "spec": {"containers": [{"name": "server"}]}})",
                           R"({"metadata": [], "spec": {"containers": [{"name": "server"}]}})",
                           R"({"spec": {"containers": [{"name": "server", "env": null}]}})",
                           R"({"spec": {"containers": [{"name": "server", "lifecycle": []}]}})",
                           R"({"spec": {"volumes": "all", "containers": [{"name": "server"}]}})"}) {
    const auto out = render_pod(inference_service(), model_version(1, 'a'), "0badcafe", json::parse(text), {});
    ASSERT_FALSE(out) << text;
    EXPECT_EQ(out.error().reason, "InvalidTemplate");
    EXPECT_THAT(out.error().message, HasSubstr("spec.predictor.template."));
  }
}

TEST(Template, FindsTheServerAmongStrangeContainers) {
  const json pod = json::parse(R"({"spec": {"containers": [{"name": 5}, {"name": "server"}]}})");
  const auto out = render_pod(inference_service(), model_version(1, 'a'), "0badcafe", pod, {});
  ASSERT_TRUE(out);
  EXPECT_TRUE((*out)["spec"]["containers"][1].contains("lifecycle"));
}

TEST(Resources, OfTheSpecReplaceTheCataloguesOwn) {
  InferenceService service = sample("inference-service.yaml");
  service.spec.predictor.resources = {{"limits", {{"nvidia.com/gpu", 1}}}};
  const Revision revision = *render_revision(seen_with(service), model_version(1, 'a'));
  EXPECT_EQ(revision.pod["spec"]["containers"][0]["resources"], service.spec.predictor.resources);
}

// The catalogue

struct Scalar {
  const char* yaml;
  json value;
};

class Yaml : public testing::TestWithParam<Scalar> {};

TEST_P(Yaml, MeansWhatKubernetesWouldRead) {
  EXPECT_EQ((*render_runtime(std::string("a: ") + GetParam().yaml, "m"))["a"], GetParam().value) << GetParam().yaml;
}

INSTANTIATE_TEST_SUITE_P(Table, Yaml,
                         testing::Values(Scalar{"8000", 8000}, Scalar{"\"8000\"", "8000"}, Scalar{"'8000'", "8000"},
                                         Scalar{"-1", -1}, Scalar{"0.5", 0.5}, Scalar{"500m", "500m"},
                                         Scalar{"true", true}, Scalar{"\"true\"", "true"}, Scalar{"", nullptr},
                                         Scalar{"\"\"", ""}, Scalar{"null", nullptr}, Scalar{"nan", "nan"},
                                         Scalar{"inf", "inf"}, Scalar{"infinity", "infinity"}, Scalar{"1:2", "1:2"},
                                         Scalar{"{}", json::object()}, Scalar{"[1, b]", {1, "b"}},
                                         Scalar{"x-${model.name}", "x-m"}),
                         [](const auto& info) { return std::to_string(info.index); });

TEST(Catalogue, ThatIsNoYamlSaysWhere) {
  World world;
  world.version(1).catalogue("spec: [").spec([](auto& spec) {
    spec.predictor.template_ = nullptr;
    spec.predictor.runtime = "mlserver";
  });
  world.reconcile();
  EXPECT_EQ(world.condition(kStalled), "True/InvalidRuntime");
  EXPECT_THAT(world.message(kStalled), HasSubstr("entry mlserver of ConfigMap gyre-runtimes"));
  EXPECT_THAT(world.message(kStalled), HasSubstr("line 1"));
}

}  // namespace
}  // namespace gyre::inference_service
