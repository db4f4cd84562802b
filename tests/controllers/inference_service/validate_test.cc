#include "controllers/inference_service/validate.h"

#include <gtest/gtest.h>

#include "tests/controllers/inference_service/world.h"

namespace gyre::inference_service {
namespace {

using nlohmann::json;

struct RuleCase {
  const char* what;
  std::function<void(InferenceServiceSpec&)> change;
  std::vector<std::string> errors;  // "path: message"
};

class Rules : public testing::TestWithParam<RuleCase> {};

TEST_P(Rules, Say) {
  InferenceService service = inference_service();
  service.spec.rollout.analysis = Analysis{{error_rate()}};
  GetParam().change(service.spec);
  std::vector<std::string> errors;
  for (const auto& error : check_inference_service(service)) errors.push_back(error.path + ": " + error.message);
  EXPECT_EQ(errors, GetParam().errors) << GetParam().what;
}

void set_server(InferenceServiceSpec& spec, const char* name, json value) {
  spec.predictor.template_["spec"]["containers"][0][name] = std::move(value);
}

const char kNoServer[] =
    "spec.predictor.template.spec.containers: needs a container named \"server\" that listens on port 8000";
const char kPreStop[] =
    "spec.predictor.template.spec.containers[0].lifecycle.preStop: leave it out: Gyre sets preStop.sleep, so that no "
    "request is lost when a pod ends";

INSTANTIATE_TEST_SUITE_P(
    Table, Rules,
    testing::Values(
        RuleCase{"a good one", [](auto&) {}, {}},
        RuleCase{"a runtime",
                 [](auto& s) {
                   s.predictor.template_ = nullptr;
                   s.predictor.runtime = "mlserver";
                   s.predictor.resources = {{"limits", json::object()}};
                 },
                 {}},
        RuleCase{"no spec",
                 [](auto& s) { s.predictor.template_ = json::object(); },
                 {"spec.predictor.template.spec: is required: a pod's spec with a container named \"server\""}},
        RuleCase{"another name", [](auto& s) { set_server(s, "name", "web"); }, {kNoServer}},
        RuleCase{"no containers", [](auto& s) { s.predictor.template_["spec"].erase("containers"); }, {kNoServer}},
        RuleCase{"an own preStop",
                 [](auto& s) { set_server(s, "lifecycle", {{"preStop", {{"sleep", {{"seconds", 1}}}}}}); },
                 {kPreStop}},
        RuleCase{"a Job's restart policy",
                 [](auto& s) { s.predictor.template_["spec"]["restartPolicy"] = "Never"; },
                 {"spec.predictor.template.spec.restartPolicy: must be Always, or left out: a server that ends is "
                  "started again"}},
        RuleCase{
            "the only restart policy", [](auto& s) { s.predictor.template_["spec"]["restartPolicy"] = "Always"; }, {}},
        RuleCase{
            "a volume of ours",
            [](auto& s) {
              s.predictor.template_["spec"]["volumes"] = json::parse(R"([{"name": "gyre-model", "emptyDir": {}}])");
            },
            {"spec.predictor.template.spec.volumes[0].name: gyre-model is reserved: names that start with gyre- are "
             "the operator's; choose another"}},
        RuleCase{"a label of ours",
                 [](auto& s) { s.predictor.template_["metadata"]["labels"]["gyre.dev/revision"] = "x"; },
                 {"spec.predictor.template.metadata.labels: gyre.dev/revision is the operator's; remove it"}},
        RuleCase{
            "a mount where the model goes",
            [](auto& s) {
              set_server(s, "volumeMounts", json::parse(R"([{"name": "m", "mountPath": "/gyre/model"}])"));
            },
            {"spec.predictor.template.spec.containers[0].volumeMounts[0].mountPath: /gyre/model is reserved: what is "
             "below /gyre is the operator's; mount it elsewhere"}},
        RuleCase{
            "a limit that nothing is below",
            [](auto& s) { s.rollout.analysis->metrics[0].max = -0.1; },
            {"spec.rollout.analysis.metrics[0].max: is negative, which nothing that is measured can be; write 0 or "
             "more"}},
        RuleCase{"an own postStart", [](auto& s) { set_server(s, "lifecycle", {{"postStart", json::object()}}); }, {}},
        RuleCase{"environment that is no list",
                 [](auto& s) { set_server(s, "env", "A=1"); },
                 {"spec.predictor.template.spec.containers[0].env: must be a list of objects"}},
        RuleCase{"volumes that are no list",
                 [](auto& s) { s.predictor.template_["spec"]["volumes"] = json::object(); },
                 {"spec.predictor.template.spec.volumes: must be a list of objects"}},
        RuleCase{"labels that are no object",
                 [](auto& s) { s.predictor.template_["metadata"]["labels"] = "a=b"; },
                 {"spec.predictor.template.metadata.labels: must be an object of strings"}},
        RuleCase{"resources beside a template",
                 [](auto& s) { s.predictor.resources = {{"limits", json::object()}}; },
                 {"spec.predictor.resources: is for a runtime's server; in a template set it at the container "
                  "\"server\""}},
        RuleCase{"an interval too short to be measured",
                 [](auto& s) { s.rollout.analysis->metrics[0].interval = 1s; },
                 {"spec.rollout.analysis.metrics[0].interval: must be at least 2s: agents report about once a second"}},
        RuleCase{"percent for a share",
                 [](auto& s) { s.rollout.analysis->metrics[0].max = 2; },
                 {"spec.rollout.analysis.metrics[0].max: is a share of requests, from 0 to 1; write 0.02 for 2%"}},
        RuleCase{"milliseconds for a latency",
                 [](auto& s) {
                   s.rollout.analysis->metrics[0].provider.agent->metric = AgentMetric::kLatencyP99;
                   s.rollout.analysis->metrics[0].max = 250;
                 },
                 {}}),
    [](const auto& info) { return std::to_string(info.index); });

}  // namespace
}  // namespace gyre::inference_service
