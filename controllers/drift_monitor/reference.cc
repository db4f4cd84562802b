#include "controllers/drift_monitor/reference.h"

#include <fmt/format.h>

namespace gyre::drift_monitor {
namespace {

std::string baseline_digest(const ModelVersion& version) {
  return version.spec.baseline_profile ? version.spec.baseline_profile->digest : "";
}

// The start of the window that is open now.
Time open_window(Time now, Duration length) { return now - now.time_since_epoch() % length; }

MonitorPlan with_episode_ended(MonitorPlan plan, const std::string& version) {
  if (plan.status.episode)
    plan.events.push_back({EventType::kNormal, "DriftCleared", "Compare",
                           fmt::format("{} is served now; drift counts from its baseline", version)});
  plan.status.episode.reset();
  return plan;
}

}  // namespace

MonitorPlan with_reference(const Observed& seen, MonitorPlan plan) {
  if (!seen.version) return plan;
  const std::string& name = seen.version->metadata.name;
  const std::string digest = baseline_digest(*seen.version);
  if (plan.status.reference_model_version == name && plan.status.reference_digest == digest) return plan;
  plan = with_episode_ended(std::move(plan), name);
  plan.status.reference_model_version = name;
  plan.status.reference_digest = digest;
  plan.status.last_window.reset();
  plan.status.recent_verdicts.clear();
  plan.status.top_features.clear();
  // Earlier windows of this version are a canary's, or of a time when it was stable before.
  const Time open = open_window(seen.now, seen.monitor->spec.window.duration);
  plan.status.watermark = std::max(plan.status.watermark.value_or(open), open);
  return plan;
}

bool has_reference(const Observed& seen, const DriftMonitorStatus& status) {
  return seen.version && seen.baseline && seen.version->metadata.name == status.reference_model_version;
}

}  // namespace gyre::drift_monitor
