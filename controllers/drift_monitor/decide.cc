#include "controllers/drift_monitor/decide.h"

#include "controllers/drift_monitor/judge.h"
#include "controllers/drift_monitor/reference.h"
#include "controllers/drift_monitor/retrain.h"
#include "controllers/drift_monitor/status.h"

namespace gyre::drift_monitor {

MonitorPlan decide(const Observed& seen) {
  MonitorPlan plan;
  plan.status = seen.monitor->status;
  if (seen.monitor->metadata.deletion_timestamp) return plan;
  plan = with_reference(seen, std::move(plan));
  plan = with_windows(seen, std::move(plan));
  plan = with_retrain(seen, std::move(plan));
  plan = with_summary(seen, std::move(plan));
  plan = with_tidy_jobs(seen, std::move(plan));
  return with_retention(seen, std::move(plan));
}

}  // namespace gyre::drift_monitor
