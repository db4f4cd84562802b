#include "crds/v1alpha1/model_version.h"

#include "crds/schema/codec_impl.h"
#include "crds/schema/validate_impl.h"

namespace gyre {

schema::CrdInfo crd_info(Type<ModelVersion>) {
  return {"gmv",
          {{"Model", "string", ".spec.model"},
           {"Version", "integer", ".status.version"},
           {"Phase", "string", ".status.phase"},
           {"Served-By", "string", ".status.servedBy[*]"},
           {"Digest", "string", ".spec.artifact.manifestDigest", 1},
           {"Age", "date", ".metadata.creationTimestamp"}}};
}

template nlohmann::json schema::to_json(const ModelVersion&);
template nlohmann::json schema::into_json(ModelVersion&&);
template nlohmann::json schema::to_json(const ModelVersionSpec&);
template nlohmann::json schema::to_json(const ModelVersionStatus&);
template nlohmann::json schema::to_json(const Gate&);
template Result<Gate> schema::from_json(const nlohmann::json&);
template Result<ModelVersion> schema::from_json(const nlohmann::json&);
template Result<ModelVersion> schema::from_text(std::string_view);
template Result<ModelVersion> schema::outline_from_text(std::string_view);
template Result<ModelVersionSpec> schema::from_json(const nlohmann::json&);
template std::vector<schema::FieldError> schema::validate(const ModelVersion&);
template std::vector<schema::FieldError> schema::validate_update(const ModelVersion&, const ModelVersion&);

}  // namespace gyre
