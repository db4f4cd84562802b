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

TEST(TemplateErrors, WhatIsNotUnderstoodIsPassedOn) {
  EXPECT_EQ(template_errors("quantities must match", json::object()), (Errors{{"", "quantities must match"}}));
}

}  // namespace
}  // namespace gyre::webhooks
