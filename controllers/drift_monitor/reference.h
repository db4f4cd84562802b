#pragma once

#include "controllers/drift_monitor/observed.h"

namespace gyre::drift_monitor {

// Follows what the service serves as stable. Another version, or a first one, starts over: verdicts, features and the
// episode are of the old reference, and windows from before are not judged.
MonitorPlan with_reference(const Observed& seen, MonitorPlan plan);

// Whether windows can be compared: the status' reference is what is served, and its baseline is at hand.
bool has_reference(const Observed& seen, const DriftMonitorStatus& status);

}  // namespace gyre::drift_monitor
