#include "crds/v1alpha1/drift_monitor.h"

#include "crds/schema/codec_impl.h"
#include "crds/schema/validate_impl.h"

namespace gyre {

schema::CrdInfo crd_info(Type<DriftMonitor>) {
  return {"gdm",
          {{"Target", "string", ".spec.targetRef.name"},
           {"Phase", "string", ".status.phase"},
           {"Rows", "integer", ".status.lastWindow.rows"},
           {"Drifted", "integer", ".status.lastWindow.driftedFeatures"},
           {"Retrains", "integer", ".status.retrains"},
           {"Reference", "string", ".status.referenceModelVersion", 1},
           {"Age", "date", ".metadata.creationTimestamp"}}};
}

template nlohmann::json schema::to_json(const DriftMonitor&);
template nlohmann::json schema::to_json(const DriftMonitorSpec&);
template nlohmann::json schema::to_json(const DriftMonitorStatus&);
template Result<DriftMonitor> schema::from_json(const nlohmann::json&);
template Result<DriftMonitor> schema::from_text(std::string_view);
template Result<DriftMonitor> schema::outline_from_text(std::string_view);
template Result<DriftMonitorSpec> schema::from_json(const nlohmann::json&);
template std::vector<schema::FieldError> schema::validate(const DriftMonitor&);
template std::vector<schema::FieldError> schema::validate_update(const DriftMonitor&, const DriftMonitor&);

}  // namespace gyre
