#include "crds/v1alpha1/inference_service.h"

#include "crds/schema/codec_impl.h"
#include "crds/schema/validate_impl.h"

namespace gyre {

schema::CrdInfo crd_info(Type<InferenceService>) {
  return {"gis",
          {{"Phase", "string", ".status.phase"},
           {"Stable", "string", ".status.stable.modelVersion"},
           {"Canary", "string", ".status.canary.modelVersion"},
           {"Weight", "integer", ".status.rollout.weight"},
           {"Ready", "integer", ".status.stable.readyReplicas"},
           {"URL", "string", ".status.url", 1},
           {"Age", "date", ".metadata.creationTimestamp"}}};
}

template nlohmann::json schema::to_json(const CustomProtocol&);
template nlohmann::json schema::to_json(const InferenceService&);
template nlohmann::json schema::to_json(const InferenceServiceSpec&);
template nlohmann::json schema::to_json(const InferenceServiceStatus&);
template Result<CustomProtocol> schema::from_json(const nlohmann::json&);
template Result<InferenceService> schema::from_json(const nlohmann::json&);
template Result<InferenceService> schema::from_text(std::string_view);
template Result<InferenceService> schema::outline_from_text(std::string_view);
template Result<InferenceServiceSpec> schema::from_json(const nlohmann::json&);
template std::vector<schema::FieldError> schema::validate(const InferenceService&);
template std::vector<schema::FieldError> schema::validate_update(const InferenceService&, const InferenceService&);

}  // namespace gyre
