#pragma once

#include <string>
#include <vector>

#include "crds/v1alpha1/drift_monitor.h"
#include "dataplane/wire/baseline.h"
#include "dataplane/wire/bucket.h"

namespace gyre::drift_monitor {

// What one window says of its model version's baseline.
struct Comparison {
  WindowResult result;
  std::vector<FeatureDrift> features;  // Features and predictions that were compared, those that moved most first.
};

// Too few rows are InsufficientData, and nothing is compared. Otherwise a feature drifts when, by any of its methods,
// its effect reaches the threshold and noise of these sizes would reach it with at most decision.alpha, corrected over
// all tests of the window. The window drifts when the drifted features' share of the weight passes
// decision.datasetRule, or a prediction drifts.
Comparison compare(const DriftMonitorSpec& spec, const wire::Baseline& reference, const wire::WindowCounts& window);

// What the spec asks for that this baseline cannot answer, each a sentence with what to write instead.
std::vector<std::string> unanswerable(const DriftMonitorSpec& spec, const wire::Baseline& reference);

}  // namespace gyre::drift_monitor
