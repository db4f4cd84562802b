#pragma once

// The road that every kind's review takes; the kinds' own files say what is particular.

#include "crds/schema/codec.h"
#include "webhooks/admission.h"
#include "webhooks/unknown_fields.h"

namespace gyre::webhooks {

using FieldErrors = std::vector<schema::FieldError>;

// What is wrong with an object; an error when that could not be found out.
Result<FieldErrors> review_experiment(const AdmissionRequest& request, const Lookups& lookups);
Result<FieldErrors> review_training_job(const AdmissionRequest& request, const Lookups& lookups);
Result<FieldErrors> review_model_version(const AdmissionRequest& request, const Lookups& lookups);
Result<FieldErrors> review_inference_service(const AdmissionRequest& request, const Lookups& lookups);
Result<FieldErrors> review_drift_monitor(const AdmissionRequest& request, const Lookups& lookups);

// Why a version may not be deleted: who serves it or may go back to it. Empty when nobody does.
Result<std::string> deletion_refusal(const AdmissionRequest& request, const Lookups& lookups);

inline FieldErrors operator+(FieldErrors a, FieldErrors b) {
  a.insert(a.end(), std::make_move_iterator(b.begin()), std::make_move_iterator(b.end()));
  return a;
}

// The pod template at `path` of the object, as the API server sees it.
inline Result<FieldErrors> check_pod_template(const AdmissionRequest& request, const Lookups& lookups,
                                              const nlohmann::json& pod_template, const std::string& path) {
  if (!pod_template.is_object()) return FieldErrors{};
  Result<FieldErrors> found = lookups.pod_templates.check(request.namespace_, pod_template);
  if (!found) return found;
  for (schema::FieldError& error : *found) error.path = error.path.empty() ? path : path + "." + error.path;
  return found;
}

// Schema, immutability and unknown fields; then, when the object can be trusted to make sense, the kind's own checks.
template <class T, class Own>
Result<FieldErrors> review_object(const AdmissionRequest& request, Own own_checks) {
  Result<T> object = schema::from_json<T>(request.object);
  if (!object) return FieldErrors{{"", object.error().message}};
  FieldErrors errors = schema::validate(*object) + unknown_fields<T>(request.object);
  if (request.operation == Operation::kUpdate)
    if (Result<T> before = schema::from_json<T>(request.old_object))
      errors = std::move(errors) + schema::validate_update(*before, *object);
  if (!errors.empty()) return errors;
  return own_checks(*object);
}

}  // namespace gyre::webhooks
