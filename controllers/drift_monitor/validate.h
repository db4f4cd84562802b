#pragma once

#include <vector>

#include "crds/schema/validate.h"
#include "crds/v1alpha1/drift_monitor.h"

namespace gyre::drift_monitor {

// Rules over several fields, and of the retraining, that the schema does not give. Not the pod template's own schema.
std::vector<schema::FieldError> check_drift_monitor(const DriftMonitor& monitor);

}  // namespace gyre::drift_monitor
