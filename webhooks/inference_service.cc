#include "crds/v1alpha1/inference_service.h"

#include "controllers/inference_service/validate.h"
#include "webhooks/kind_review.h"

namespace gyre::webhooks {

Result<FieldErrors> review_inference_service(const AdmissionRequest& request, const Lookups& lookups) {
  return review_object<InferenceService>(request, [&](const InferenceService& service) -> Result<FieldErrors> {
    FieldErrors errors = inference_service::check_inference_service(service);
    if (!errors.empty()) return errors;
    return check_pod_template(request, lookups, service.spec.predictor.template_, "spec.predictor.template");
  });
}

}  // namespace gyre::webhooks
