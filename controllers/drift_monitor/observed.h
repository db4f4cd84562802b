#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controllers/common/plan.h"
#include "crds/builtin/config_map.h"
#include "crds/builtin/job.h"
#include "crds/builtin/pod.h"
#include "crds/v1alpha1/drift_monitor.h"
#include "crds/v1alpha1/inference_service.h"
#include "crds/v1alpha1/model_version.h"
#include "crds/v1alpha1/training_job.h"
#include "dataplane/wire/baseline.h"
#include "dataplane/wire/bucket.h"

namespace gyre::drift_monitor {

// What the operator was started with, as far as this kind needs it.
struct Options {
  std::string worker_image;
};

// A window and the ConfigMap that it was read from.
struct StoredWindow {
  std::shared_ptr<const ConfigMap> stored;
  wire::WindowCounts counts;
};

// Everything that a decision may depend on, read from the caches at once.
struct Observed {
  std::shared_ptr<const DriftMonitor> monitor;
  std::shared_ptr<const InferenceService> service;            // The target; null when it is not there.
  std::shared_ptr<const ModelVersion> version;                // What the service serves as stable; null when not known.
  std::shared_ptr<const wire::Baseline> baseline;             // Of that version; null when not there, or not readable.
  std::vector<StoredWindow> windows;                          // Of this monitor, every version's, by start.
  std::vector<std::shared_ptr<const Job>> jobs;               // Ours, and a stranger of our snapshot's name.
  std::vector<std::shared_ptr<const Pod>> pods;               // Of our Jobs.
  std::vector<std::shared_ptr<const TrainingJob>> trainings;  // Ours, and a stranger of our retraining's name.
  Options options;
  Time now{};
};

using MonitorPlan = Plan<DriftMonitorStatus>;

}  // namespace gyre::drift_monitor
