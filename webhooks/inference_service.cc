#include "crds/v1alpha1/inference_service.h"

#include "controllers/inference_service/validate.h"
#include "webhooks/kind_review.h"

namespace gyre::webhooks {
namespace {

constexpr char kServer[] = "spec.containers[0].resources";
constexpr char kResources[] = "spec.predictor.resources";

// The rest of a runtime's pod is the catalogue's.
nlohmann::json server_with(const nlohmann::json& resources) {
  const nlohmann::json server = {{"name", "server"}, {"image", "server"}, {"resources", resources}};
  return {{"spec", {{"containers", nlohmann::json::array({server})}}}};
}

Result<FieldErrors> check_resources(const AdmissionRequest& request, const Lookups& lookups,
                                    const nlohmann::json& resources) {
  if (resources.is_null()) return FieldErrors{};
  Result<FieldErrors> found = lookups.pod_templates.check(request.namespace_, server_with(resources));
  if (!found) return found;
  for (schema::FieldError& error : *found)
    error.path = kResources + (error.path.starts_with(kServer) ? error.path.substr(sizeof kServer - 1) : "");
  return found;
}

}  // namespace

Result<FieldErrors> review_inference_service(const AdmissionRequest& request, const Lookups& lookups) {
  return review_object<InferenceService>(request, [&](const InferenceService& service) -> Result<FieldErrors> {
    FieldErrors errors = inference_service::check_inference_service(service);
    if (!errors.empty()) return errors;
    const Predictor& predictor = service.spec.predictor;
    if (predictor.template_.is_null()) return check_resources(request, lookups, predictor.resources);
    return check_pod_template(request, lookups, predictor.template_, "spec.predictor.template");
  });
}

}  // namespace gyre::webhooks
