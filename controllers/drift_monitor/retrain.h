#pragma once

#include "controllers/drift_monitor/observed.h"

namespace gyre::drift_monitor {

// The answer to an episode, once: after the cooldown a snapshot of the labelled rows, as soon as enough of them
// postdate the onset; then the TrainingJob. Says so in RetrainPending.
MonitorPlan with_retrain(const Observed& seen, MonitorPlan plan);

// Deletes snapshot Jobs that nothing waits for any more.
MonitorPlan with_tidy_jobs(const Observed& seen, MonitorPlan plan);

}  // namespace gyre::drift_monitor
