#pragma once

#include "controllers/drift_monitor/observed.h"

namespace gyre::drift_monitor {

// Judges, in order, each window of the reference's version that has closed since the watermark; opens an episode when
// N of the last M drift, and ends it after clearAfter without drift.
MonitorPlan with_windows(const Observed& seen, MonitorPlan plan);

// Deletes windows past their retention, and the oldest of too many.
MonitorPlan with_retention(const Observed& seen, MonitorPlan plan);

}  // namespace gyre::drift_monitor
