// Bodies of POST /validate. A pod template of the object may say, in its member serverSays, what the API server
// answers to the dry run, so that its words are read as well.

#include "tests/fuzz/fuzz.h"
#include "webhooks/admission.h"

namespace gyre::webhooks {
namespace {

using nlohmann::json;

class Checker final : public PodTemplateChecker {
 public:
  Result<std::vector<schema::FieldError>> check(const std::string&, const json& pod_template) override {
    const auto says = pod_template.find("serverSays");
    if (says == pod_template.end() || !says->is_string()) return std::vector<schema::FieldError>{};
    if (*says == "unavailable") return fail(Code::kUnavailable, "Http503", "no API server");
    std::vector<schema::FieldError> errors = template_errors(*says, pod_template);
    CHECK(!errors.empty());
    return errors;
  }
};

InferenceService service() {
  InferenceService out;
  out.metadata.name = "digits";
  out.metadata.namespace_ = "demo";
  out.spec.model.name = "digits";
  return out;
}

}  // namespace
}  // namespace gyre::webhooks

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gyre::webhooks;
  Checker checker;
  const Lookups lookups{[](const std::string&) { return std::vector{service()}; }, checker};
  const std::string body(gyre::fuzz::text_of(data, size));
  const HttpAnswer out = answer(body, lookups);
  CHECK(out.status == 200 || out.status == 400);
  CHECK(!out.body.empty());
  if (out.status != 200) return 0;
  const json review = json::parse(out.body, nullptr, false);
  CHECK(review.is_object() && review["response"]["uid"] == json::parse(body)["request"]["uid"]);
  const json& response = review["response"];
  CHECK(response["allowed"].is_boolean());
  if (response["allowed"]) return 0;
  const int code = response["status"]["code"];
  CHECK(code == 403 || code == 422 || code == 500);
  CHECK(!response["status"]["message"].get<std::string>().empty());
  CHECK(answer(body, lookups).body == out.body);
  return 0;
}
