#include "webhooks/admission.h"

#include <fmt/format.h>

#include <map>

#include "operator/base/json_text.h"
#include "webhooks/kind_review.h"

namespace gyre::webhooks {
namespace {

using nlohmann::json;
constexpr char kAdmissionVersion[] = "admission.k8s.io/v1";
using Review = Result<FieldErrors> (*)(const AdmissionRequest&, const Lookups&);

const std::map<std::string, Review>& reviews() {
  static const std::map<std::string, Review> table = {{"Experiment", review_experiment},
                                                      {"TrainingJob", review_training_job},
                                                      {"ModelVersion", review_model_version},
                                                      {"InferenceService", review_inference_service},
                                                      {"DriftMonitor", review_drift_monitor}};
  return table;
}

constexpr int kUnchecked = 500;

AdmissionResponse refuse(int code, std::string message) { return {false, code, std::move(message)}; }

json member(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : json();
}

std::string text(const json& object, const char* name) {
  const json found = member(object, name);
  return found.is_string() ? found.get<std::string>() : "";
}

// A write that leaves the spec alone (labels, finalizers) is nobody's business here, and so is one to an object that
// is going away: rules that have become stricter must not hold it.
bool leaves_spec_alone(const AdmissionRequest& request) {
  if (request.operation != Operation::kUpdate) return false;
  return member(request.object, "spec") == member(request.old_object, "spec") ||
         !member(member(request.object, "metadata"), "deletionTimestamp").is_null();
}

std::string lines(const AdmissionRequest& request, const FieldErrors& errors) {
  std::string out = fmt::format("{} \"{}\" cannot be accepted:", request.kind, request.name);
  for (const schema::FieldError& error : errors)
    out += error.path.empty() ? fmt::format("\n{}", error.message) : fmt::format("\n{}: {}", error.path, error.message);
  return out;
}

AdmissionResponse not_checked(const AdmissionRequest& request, const Error& why) {
  return refuse(kUnchecked,
                fmt::format("{} \"{}\" could not be checked, try again: {}", request.kind, request.name, why.message));
}

AdmissionResponse review_deletion(const AdmissionRequest& request, const Lookups& lookups) {
  if (request.kind != "ModelVersion") return {};
  const Result<std::string> refusal = deletion_refusal(request, lookups);
  if (!refusal) return not_checked(request, refusal.error());
  return refusal->empty() ? AdmissionResponse{} : refuse(403, *refusal);
}

Operation operation_of(const std::string& name) {
  if (name == "CREATE") return Operation::kCreate;
  if (name == "UPDATE") return Operation::kUpdate;
  if (name == "DELETE") return Operation::kDelete;
  return Operation::kOther;
}

std::unexpected<Error> malformed(std::string why) { return fail(Code::kInvalid, "BadRequest", std::move(why)); }

// What keeps the body from being a review, if anything does.
Result<json> request_in(const std::string& body) {
  if (is_nested_deeper(body, kDeepestJson)) return malformed("the body is nested too deeply");
  const json review = json::parse(body, nullptr, false);
  if (!review.is_object()) return malformed("the body is not a JSON object; post an AdmissionReview");
  if (text(review, "kind") != "AdmissionReview" || text(review, "apiVersion") != kAdmissionVersion)
    return malformed(fmt::format("the body is \"{}\" of \"{}\", not AdmissionReview of {}", text(review, "kind"),
                                 text(review, "apiVersion"), kAdmissionVersion));
  json request = member(review, "request");
  if (!request.is_object()) return malformed("the AdmissionReview has no request");
  if (text(request, "uid").empty()) return malformed("request.uid is missing: the answer could not be told apart");
  if (text(request, "operation").empty()) return malformed("request.operation is missing");
  if (text(member(request, "kind"), "kind").empty()) return malformed("request.kind.kind is missing");
  return request;
}

Result<AdmissionRequest> parse_request(const std::string& body) {
  const Result<json> found = request_in(body);
  if (!found) return fail(found.error());
  const json& request = *found;
  AdmissionRequest out;
  out.uid = text(request, "uid");
  out.operation = operation_of(text(request, "operation"));
  out.kind = text(member(request, "kind"), "kind");
  out.subresource = text(request, "subResource");
  out.namespace_ = text(request, "namespace");
  out.name = text(request, "name");
  out.object = member(request, "object");
  out.old_object = member(request, "oldObject");
  return out;
}

json to_json(const std::string& uid, const AdmissionResponse& response) {
  json out = {{"uid", uid}, {"allowed", response.allowed}};
  if (!response.allowed) out["status"] = {{"code", response.code}, {"message", response.message}};
  return {{"apiVersion", kAdmissionVersion}, {"kind", "AdmissionReview"}, {"response", out}};
}

const char* name_of(Operation operation) {
  switch (operation) {
    case Operation::kCreate:
      return "create";
    case Operation::kUpdate:
      return "update";
    case Operation::kDelete:
      return "delete";
    case Operation::kOther:
      return "other";
  }
  return "other";
}

Reviewed summary(const AdmissionRequest& request, const AdmissionResponse& response) {
  const char* refused = response.code == kUnchecked ? "unchecked" : "denied";
  return {reviews().contains(request.kind) ? request.kind : "other", name_of(request.operation),
          response.allowed ? "allowed" : refused};
}

}  // namespace

AdmissionResponse review(const AdmissionRequest& request, const Lookups& lookups) {
  if (!request.subresource.empty()) return {};
  if (request.operation == Operation::kDelete) return review_deletion(request, lookups);
  const auto found = reviews().find(request.kind);
  if (found == reviews().end() || request.operation == Operation::kOther || leaves_spec_alone(request)) return {};
  const Result<FieldErrors> errors = found->second(request, lookups);
  if (!errors) return not_checked(request, errors.error());
  return errors->empty() ? AdmissionResponse{} : refuse(422, lines(request, *errors));
}

HttpAnswer answer(const std::string& body, const Lookups& lookups) {
  const Result<AdmissionRequest> request = parse_request(body);
  if (!request) return {400, request.error().message, std::nullopt};
  const AdmissionResponse response = review(*request, lookups);
  // What a client sent may be quoted in the answer; bytes that are not UTF-8 are replaced.
  return {200, to_json(request->uid, response).dump(-1, ' ', false, json::error_handler_t::replace),
          summary(*request, response)};
}

}  // namespace gyre::webhooks
