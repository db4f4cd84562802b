#include "operator/collector/counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/names.h"
#include "operator/base/digest.h"

namespace gyre::collector {
namespace {

constexpr char kWindowRole[] = "window";

std::int64_t seconds_of(Duration duration) {
  return std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

std::int64_t window_start(const DriftMonitor& monitor, const wire::Bucket& bucket) {
  return bucket.start - bucket.start % seconds_of(monitor.spec.window.duration);
}

bool has_layout_of(const std::vector<wire::FeatureCounts>& window, const std::vector<wire::FeatureCounts>& bucket) {
  return std::ranges::all_of(bucket, [&](const wire::FeatureCounts& one) {
    const auto found = std::ranges::find(window, one.name, &wire::FeatureCounts::name);
    return found == window.end() || found->counts.size() == one.counts.size();
  });
}

std::vector<wire::FeatureCounts> added(std::vector<wire::FeatureCounts> window,
                                       const std::vector<wire::FeatureCounts>& bucket) {
  for (const wire::FeatureCounts& one : bucket) {
    const auto found = std::ranges::find(window, one.name, &wire::FeatureCounts::name);
    if (found == window.end())
      window.push_back(one);
    else
      std::ranges::transform(found->counts, one.counts, found->counts.begin(), std::plus{});
  }
  return window;
}

}  // namespace

Placement placement_of(const DriftMonitor& monitor, const wire::Bucket& bucket, Time now) {
  const std::int64_t end = window_start(monitor, bucket) + seconds_of(monitor.spec.window.duration);
  if (bucket.start + bucket.seconds > end) return Placement::kMisaligned;
  if (Time(std::chrono::seconds(end)) + monitor.spec.window.retention < now) return Placement::kExpired;
  return Placement::kFits;
}

Slot slot_for(std::shared_ptr<const DriftMonitor> monitor, const Origin& origin, const wire::Bucket& bucket) {
  wire::WindowCounts empty;
  empty.monitor = monitor->metadata.name;
  empty.model_version = origin.model_version;
  empty.baseline_digest = origin.baseline_digest;
  empty.start = window_start(*monitor, bucket);
  empty.seconds = seconds_of(monitor->spec.window.duration);
  // The length is part of the name: windows of another length are other windows, even where they start together.
  const std::string kind = hash8(fmt::format("{}|{}|{}", origin.model_version, origin.baseline_digest, empty.seconds));
  const std::string name = child_name(monitor->metadata.name, fmt::format("{}-{}", kind, empty.start));
  const std::string namespace_ = monitor->metadata.namespace_;
  return {std::move(monitor), {namespace_, name}, std::move(empty)};
}

Sum add(wire::WindowCounts window, const std::string& pod_uid, const wire::Bucket& bucket) {
  const auto agent = std::ranges::find(window.agents, pod_uid, &wire::AgentProgress::pod_uid);
  if (agent != window.agents.end() && bucket.sequence <= agent->last_sequence)
    return {std::move(window), Added::kDuplicate};
  if (!has_layout_of(window.features, bucket.features) || !has_layout_of(window.predictions, bucket.predictions))
    return {std::move(window), Added::kMismatch};
  if (agent == window.agents.end())
    window.agents.push_back({pod_uid, bucket.sequence});
  else
    agent->last_sequence = bucket.sequence;
  window.rows += bucket.rows;
  window.features = added(std::move(window.features), bucket.features);
  window.predictions = added(std::move(window.predictions), bucket.predictions);
  return {std::move(window), Added::kAdded};
}

ConfigMap make_window(const DriftMonitor& monitor, const std::string& name, const wire::WindowCounts& window) {
  ConfigMap out;
  out.metadata = child_of(monitor, name);
  out.metadata.labels[labels::kRole] = kWindowRole;
  out.metadata.labels[labels::kMonitor] = monitor.metadata.name;
  out.data[wire::kWindowKey] = schema::to_json(window).dump();
  return out;
}

}  // namespace gyre::collector
