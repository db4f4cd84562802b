#include "controllers/drift_monitor/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/drift_monitor/compare.h"
#include "controllers/drift_monitor/names.h"
#include "controllers/drift_monitor/reference.h"
#include "controllers/drift_monitor/status.h"
#include "operator/base/digest.h"

namespace gyre::drift_monitor {
namespace {

constexpr std::size_t kTopFeatures = 20;
constexpr std::size_t kMostWindows = 200;

Time start_of(const wire::WindowCounts& window) { return Time(std::chrono::seconds(window.start)); }
Time end_of(const wire::WindowCounts& window) { return Time(std::chrono::seconds(window.start + window.seconds)); }

// Lengths that the spec had before are not compared: their verdicts would not be of the same kind.
bool is_ours(const DriftMonitor& monitor, const DriftMonitorStatus& status, const wire::WindowCounts& window) {
  return window.model_version == status.reference_model_version && window.baseline_digest == status.reference_digest &&
         std::chrono::seconds(window.seconds) == monitor.spec.window.duration;
}

int asked_n(const Decision& decision) { return decision.n_of_m.empty() ? 1 : decision.n_of_m.front(); }
int asked_m(const Decision& decision) { return decision.n_of_m.empty() ? 1 : decision.n_of_m.back(); }

std::size_t remembered(const Decision& decision) {
  return static_cast<std::size_t>(std::max(asked_m(decision), decision.clear_after));
}

// Start of the earliest of the last M windows that drifted.
Time onset(const Observed& seen, const DriftMonitorStatus& status, const wire::WindowCounts& window) {
  const auto& verdicts = status.recent_verdicts;
  const std::size_t last_m = std::min(verdicts.size(), static_cast<std::size_t>(asked_m(seen.monitor->spec.decision)));
  const auto first = std::find(verdicts.end() - static_cast<std::ptrdiff_t>(last_m), verdicts.end(), kDrift);
  const std::ptrdiff_t back = verdicts.end() - first - 1;
  std::vector<Time> starts;
  for (const StoredWindow& each : seen.windows)
    if (is_ours(*seen.monitor, status, each.counts) && each.counts.start <= window.start)
      starts.push_back(start_of(each.counts));
  const auto count = static_cast<std::ptrdiff_t>(starts.size());
  // A window that is gone already lay at least that far back.
  if (back >= count) return start_of(window) - back * seen.monitor->spec.window.duration;
  return starts[static_cast<std::size_t>(count - 1 - back)];
}

std::string trigger_of(const DriftMonitor& monitor, const DriftMonitorStatus& status, Time start) {
  return hash8(fmt::format("{}/{}/{}/{}", monitor.metadata.uid, status.reference_digest, format_time(start), kDrift));
}

MonitorPlan open_episode(const Observed& seen, MonitorPlan plan, const wire::WindowCounts& window) {
  Episode episode;
  episode.start = onset(seen, plan.status, window);
  episode.reference_digest = plan.status.reference_digest;
  episode.trigger = trigger_of(*seen.monitor, plan.status, episode.start);
  plan.events.push_back({EventType::kWarning, "DriftDetected", "Compare",
                         fmt::format("{} features drift from {} since {}; see status.topFeatures",
                                     plan.status.last_window->drifted_features, plan.status.reference_model_version,
                                     format_time(episode.start))});
  plan.status.episode = std::move(episode);
  return plan;
}

MonitorPlan end_episode(MonitorPlan plan) {
  plan.events.push_back({EventType::kNormal, "DriftCleared", "Compare",
                         fmt::format("no drift any more since {}", format_time(plan.status.last_window->start))});
  plan.status.episode.reset();
  // Verdicts of an episode that has ended must not open the next.
  auto& verdicts = plan.status.recent_verdicts;
  const auto last = std::find(verdicts.rbegin(), verdicts.rend(), kDrift);
  verdicts.erase(verdicts.begin(), last.base());
  return plan;
}

bool has_drifted(const Decision& decision, const std::vector<std::string>& verdicts) {
  const std::size_t last_m = std::min(verdicts.size(), static_cast<std::size_t>(asked_m(decision)));
  return std::count(verdicts.end() - static_cast<std::ptrdiff_t>(last_m), verdicts.end(), kDrift) >= asked_n(decision);
}

// Windows with too few rows neither clear nor keep an episode.
bool has_cleared(const Decision& decision, const std::vector<std::string>& verdicts) {
  int in_a_row = 0;
  for (auto verdict = verdicts.rbegin(); verdict != verdicts.rend() && *verdict != kDrift; ++verdict)
    if (*verdict == kNoDrift) ++in_a_row;
  return in_a_row >= decision.clear_after;
}

MonitorPlan judge(const Observed& seen, MonitorPlan plan, const wire::WindowCounts& window) {
  const DriftMonitorSpec& spec = seen.monitor->spec;
  Comparison found = compare(spec, *seen.baseline, window);
  plan.status.watermark = end_of(window);
  plan.status.last_window = found.result;
  if (found.result.verdict != kInsufficientData) {
    if (found.features.size() > kTopFeatures) found.features.resize(kTopFeatures);
    plan.status.top_features = std::move(found.features);
  }
  auto& verdicts = plan.status.recent_verdicts;
  verdicts.push_back(found.result.verdict);
  if (verdicts.size() > remembered(spec.decision))
    verdicts.erase(verdicts.begin(), verdicts.end() - static_cast<std::ptrdiff_t>(remembered(spec.decision)));
  if (plan.status.episode && has_cleared(spec.decision, verdicts)) return end_episode(std::move(plan));
  if (!plan.status.episode && has_drifted(spec.decision, verdicts)) return open_episode(seen, std::move(plan), window);
  return plan;
}

}  // namespace

MonitorPlan with_windows(const Observed& seen, MonitorPlan plan) {
  if (!has_reference(seen, plan.status)) return plan;
  for (const StoredWindow& each : seen.windows) {
    const wire::WindowCounts& window = each.counts;
    if (!is_ours(*seen.monitor, plan.status, window)) continue;
    if (plan.status.watermark && start_of(window) < *plan.status.watermark) continue;
    const Time closed = end_of(window) + seen.monitor->spec.window.allowed_lateness;
    if (closed > seen.now) return look_again(std::move(plan), closed - seen.now);
    plan = judge(seen, std::move(plan), window);
  }
  return plan;
}

MonitorPlan with_retention(const Observed& seen, MonitorPlan plan) {
  const std::size_t count = seen.windows.size();
  for (std::size_t i = 0; i < count; ++i) {
    const StoredWindow& window = seen.windows[i];
    if (!window.stored || window.stored->metadata.deletion_timestamp) continue;
    const Time expiry = end_of(window.counts) + seen.monitor->spec.window.retention;
    if (expiry <= seen.now || count - i > kMostWindows) {
      plan.deletions.push_back(deletion(*window.stored));
      continue;
    }
    return look_again(std::move(plan), expiry - seen.now);
  }
  return plan;
}

}  // namespace gyre::drift_monitor
