#include "webhooks/pod_template.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gyre::webhooks {
namespace {

using nlohmann::json;
using Errors = std::vector<schema::FieldError>;

TEST(TemplateErrors, UnknownFieldsGetTheirPathAndASuggestion) {
  EXPECT_EQ(
      template_errors(R"(PodTemplate in version "v1" cannot be handled as a PodTemplate: strict decoding error: )"
                      R"(unknown field "template.spec.containers[0].imagee", unknown field "template.spec.zzz")",
                      json::object()),
      (Errors{{"spec.containers[0].imagee", "unknown field; did you mean \"image\"?"}, {"spec.zzz", "unknown field"}}));
}

TEST(TemplateErrors, AWrongTypeIsLookedForInTheTemplate) {
  const json pod = json::parse(R"({"spec": {"containers": [{"image": "a"}, {"image": 3}]}})");
  EXPECT_EQ(template_errors("PodTemplate in version \"v1\" cannot be handled as a PodTemplate: json: cannot unmarshal "
                            "number into Go struct field Container.template.spec.containers.image of type string",
                            pod),
            (Errors{{"spec.containers[1].image", "must be a string; put the value in quotes, not number"}}));
}

TEST(TemplateErrors, ValidationKeepsItsWords) {
  EXPECT_EQ(
      template_errors("PodTemplate \"gyre-check-1\" is invalid: [template.spec.containers[0].image: Required "
                      "value, template.spec.restartPolicy: Unsupported value: \"x\"]",
                      json::object()),
      (Errors{{"spec.containers[0].image", "Required value"}, {"spec.restartPolicy", "Unsupported value: \"x\""}}));
}

TEST(TemplateErrors, MetadataGetsItsName) {
  EXPECT_EQ(template_errors("PodTemplate \"x\" is invalid: template.labels: Invalid value: \"a b\"", json::object()),
            (Errors{{"metadata.labels", "Invalid value: \"a b\""}}));
}

TEST(TemplateErrors, WhatIsMissingComesWithAdvice) {
  EXPECT_EQ(
      template_errors("PodTemplate \"x\" is invalid: template.spec.containers[0].volumeMounts[0].name: Not found: "
                      "\"a\"",
                      json::object()),
      (Errors{{"spec.containers[0].volumeMounts[0].name",
               "Not found: \"a\"; add what it names to the template, or remove it here"}}));
}

TEST(TemplateErrors, AQuantityThatIsNoneIsLookedForInTheTemplate) {
  const json pod = json::parse(R"({"spec": {
      "volumes": [{"name": "a", "emptyDir": {"sizeLimit": "1Gi"}}, {"name": "b", "emptyDir": {"sizeLimit": "1GB"}}],
      "containers": [{"resources": {"requests": {"cpu": 0.5, "memory": "lots"}, "limits": {"cpu": "1e3", "memory": ".5Ti"}}}]}})");
  const std::string help = "is not a quantity; write for example 500m, 2 or 512Mi";
  EXPECT_EQ(
      template_errors("PodTemplate in version \"v1\" cannot be handled as a PodTemplate: quantities must match the "
                      "regular expression '…'",
                      pod),
      (Errors{{"spec.containers[0].resources.requests.memory", help}, {"spec.volumes[1].emptyDir.sizeLimit", help}}));
}

TEST(TemplateErrors, WhatIsNotUnderstoodIsPassedOn) {
  EXPECT_EQ(template_errors("quantities must match", json::object()), (Errors{{"", "quantities must match"}}));
}

}  // namespace
}  // namespace gyre::webhooks
