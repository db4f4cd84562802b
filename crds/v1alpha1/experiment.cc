#include "crds/v1alpha1/experiment.h"

#include "crds/schema/codec_impl.h"
#include "crds/schema/validate_impl.h"

namespace gyre {

schema::CrdInfo crd_info(Type<Experiment>) {
  return {"gexp",
          {{"Phase", "string", ".status.phase"},
           {"Running", "integer", ".status.trials.running"},
           {"Succeeded", "integer", ".status.trials.succeeded"},
           {"Failed", "integer", ".status.trials.failed"},
           {"Best", "string", ".status.currentOptimalTrial.value"},
           {"Best-Trial", "string", ".status.currentOptimalTrial.bestTrialName", 1},
           {"ModelVersion", "string", ".status.modelVersion"},
           {"Age", "date", ".metadata.creationTimestamp"}}};
}

template nlohmann::json schema::to_json(const Experiment&);
template nlohmann::json schema::to_json(const ExperimentSpec&);
template nlohmann::json schema::to_json(const ExperimentStatus&);
template Result<Experiment> schema::from_json(const nlohmann::json&);
template Result<Experiment> schema::from_text(std::string_view);
template Result<Experiment> schema::outline_from_text(std::string_view);
template Result<ExperimentSpec> schema::from_json(const nlohmann::json&);
template std::vector<schema::FieldError> schema::validate(const Experiment&);
template std::vector<schema::FieldError> schema::validate_update(const Experiment&, const Experiment&);

}  // namespace gyre
