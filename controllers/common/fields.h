#pragma once

#include "controllers/common/field.h"
#include "controllers/common/names.h"
#include "crds/v1alpha1/drift_monitor.h"
#include "crds/v1alpha1/inference_service.h"
#include "crds/v1alpha1/model_version.h"

namespace gyre::fields {

inline constexpr Field<ModelVersion> kModel{
    "spec.model", [](const ModelVersion& version) { return std::vector<std::string>{version.spec.model}; }};

// The model that a service follows, and the versions that it runs: they may be of a model that it followed before.
inline constexpr Field<InferenceService> kServes{
    "serves", [](const InferenceService& service) {
      std::vector<std::string> out = {service.spec.model.name};
      for (const auto* each : {&service.status.stable, &service.status.canary})
        if (*each) out.push_back((*each)->model_version);
      return out;
    }};

inline constexpr Field<DriftMonitor> kTarget{"spec.targetRef.name", [](const DriftMonitor& monitor) {
                                               return std::vector<std::string>{monitor.spec.target_ref.name};
                                             }};

inline constexpr Field<DriftMonitor> kReference{
    "status.referenceModelVersion",
    [](const DriftMonitor& monitor) { return std::vector<std::string>{monitor.status.reference_model_version}; }};

// The ConfigMap with the baseline of its reference.
inline constexpr Field<DriftMonitor> kBaseline{
    "baseline", [](const DriftMonitor& monitor) {
      return std::vector<std::string>{baseline_name(monitor.status.reference_model_version)};
    }};

}  // namespace gyre::fields
