#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "crds/schema/validate.h"
#include "crds/v1alpha1/inference_service.h"
#include "webhooks/pod_template.h"

namespace gyre::webhooks {

enum class Operation { kCreate, kUpdate, kDelete, kOther };

// The parts of an admission.k8s.io/v1 AdmissionRequest that decide.
struct AdmissionRequest {
  std::string uid;
  Operation operation = Operation::kOther;
  std::string kind;
  std::string subresource;
  std::string namespace_;
  std::string name;
  nlohmann::json object;
  nlohmann::json old_object;
};

struct AdmissionResponse {
  bool allowed = true;
  int code = 200;
  std::string message;
  bool operator==(const AdmissionResponse&) const = default;
};

// What a review may look up beside the request.
struct Lookups {
  std::function<Result<std::vector<InferenceService>>(const std::string& namespace_)> services;
  PodTemplateChecker& pod_templates;
};

// Whether the object may be written or deleted, and what to write instead, one field a line.
AdmissionResponse review(const AdmissionRequest& request, const Lookups& lookups);

// What was asked and answered, in a few words: whatever a client sends, there are only so many.
struct Reviewed {
  std::string kind;       // One of ours, or "other".
  std::string operation;  // "create", "update", "delete" or "other".
  std::string result;     // "allowed", "denied", or "unchecked" when it was refused for want of an answer.
  bool operator==(const Reviewed&) const = default;
};

// Status and body of the HTTP answer to an AdmissionReview; any bytes may be given.
struct HttpAnswer {
  int status = 200;
  std::string body;
  std::optional<Reviewed> reviewed;  // Nothing when it was no review.
};
HttpAnswer answer(const std::string& body, const Lookups& lookups);

}  // namespace gyre::webhooks
