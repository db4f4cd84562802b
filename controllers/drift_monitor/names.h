#pragma once

#include <string>

#include "controllers/common/names.h"
#include "crds/v1alpha1/drift_monitor.h"

namespace gyre::drift_monitor {

// Role labels of what a monitor reads and makes.
inline constexpr char kWindowRole[] = "window";
inline constexpr char kSnapshotRole[] = "snapshot";
// Key of a baseline's ConfigMap.
inline constexpr char kBaselineKey[] = "baseline.json";

// Conditions of a DriftMonitor.
inline constexpr char kReady[] = "Ready";
inline constexpr char kDataFresh[] = "DataFresh";
inline constexpr char kDriftDetected[] = "DriftDetected";
inline constexpr char kInsufficientData[] = "InsufficientData";
inline constexpr char kRetrainPending[] = "RetrainPending";
inline constexpr char kStalled[] = "Stalled";

// Reason of a monitor that waits for a person to free a name.
inline constexpr char kNameTaken[] = "NameTaken";

// Verdicts on a window.
inline constexpr char kDrift[] = "Drift";
inline constexpr char kNoDrift[] = "NoDrift";
// kInsufficientData is the third.

// Both follow from the trigger, so that making either twice is a name collision.
inline std::string retrain_name(const DriftMonitor& monitor, const std::string& trigger) {
  return child_name(monitor.metadata.name, trigger);
}

inline std::string snapshot_name(const DriftMonitor& monitor, const std::string& trigger) {
  return child_name(monitor.metadata.name, trigger + "-" + kSnapshotRole);
}

}  // namespace gyre::drift_monitor
