#pragma once

#include <string>
#include <string_view>

#include "controllers/common/conditions.h"
#include "controllers/drift_monitor/observed.h"

namespace gyre::drift_monitor {

// The plan with a condition.
MonitorPlan with_condition(const Observed& seen, MonitorPlan plan, const Statement& statement);

// Phase and the conditions but RetrainPending, from what the status has by now; observedGeneration everywhere.
MonitorPlan with_summary(const Observed& seen, MonitorPlan plan);

}  // namespace gyre::drift_monitor
