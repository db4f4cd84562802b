#include "crds/v1alpha1/training_job.h"

#include "crds/schema/codec_impl.h"
#include "crds/schema/validate_impl.h"

namespace gyre {

schema::CrdInfo crd_info(Type<TrainingJob>) {
  return {"gtj",
          {{"Phase", "string", ".status.phase"},
           {"Nodes", "integer", ".spec.numNodes"},
           {"Attempt", "integer", ".status.attempt"},
           {"ModelVersion", "string", ".status.modelVersion"},
           {"GPU-Seconds", "integer", ".status.gpuSeconds", 1},
           {"Age", "date", ".metadata.creationTimestamp"}}};
}

template nlohmann::json schema::to_json(const TrainingJob&);
template nlohmann::json schema::into_json(TrainingJob&&);
template nlohmann::json schema::to_json(const TrainingJobSpec&);
template nlohmann::json schema::to_json(const TrainingJobStatus&);
template Result<TrainingJob> schema::from_json(const nlohmann::json&);
template Result<TrainingJob> schema::from_text(std::string_view);
template Result<TrainingJob> schema::outline_from_text(std::string_view);
template Result<TrainingJobSpec> schema::from_json(const nlohmann::json&);
template std::vector<schema::FieldError> schema::validate(const TrainingJob&);
template std::vector<schema::FieldError> schema::validate_update(const TrainingJob&, const TrainingJob&);

}  // namespace gyre
