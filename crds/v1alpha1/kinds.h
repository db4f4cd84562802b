#pragma once

// All five kinds, in the order of the loop.

#include "crds/v1alpha1/drift_monitor.h"
#include "crds/v1alpha1/experiment.h"
#include "crds/v1alpha1/inference_service.h"
#include "crds/v1alpha1/model_version.h"
#include "crds/v1alpha1/training_job.h"

namespace gyre {

// Calls visit(Type<T>{}) for each kind.
template <class Visit>
void for_each_kind(Visit&& visit) {
  visit(Type<Experiment>{});
  visit(Type<TrainingJob>{});
  visit(Type<ModelVersion>{});
  visit(Type<InferenceService>{});
  visit(Type<DriftMonitor>{});
}

}  // namespace gyre
