#pragma once

#include "controllers/drift_monitor/observed.h"

namespace gyre::drift_monitor {

// Follows the reference, judges the windows that have closed, answers an episode once, and says so.
MonitorPlan decide(const Observed& seen);

}  // namespace gyre::drift_monitor
