#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/drift_monitor/names.h"
#include "controllers/drift_monitor/reconciler.h"
#include "crds/schema/codec.h"

namespace gyre::drift_monitor {
namespace {

// The document under a key of a ConfigMap; nothing when it is not there or not what it should be.
template <class T>
std::optional<T> read_document(const ConfigMap& map, const char* key) {
  const auto text = map.data.find(key);
  if (text == map.data.end()) return std::nullopt;
  const auto parsed = nlohmann::json::parse(text->second, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  Result<T> document = schema::from_json<T>(parsed);
  if (!document) return std::nullopt;
  return *std::move(document);
}

std::shared_ptr<const wire::Baseline> read_baseline(const runtime::Cache& cache, const ModelVersion& version) {
  const auto map = cache.get<ConfigMap>({version.metadata.namespace_, baseline_name(version.metadata.name)});
  auto baseline = map ? read_document<wire::Baseline>(*map, kBaselineKey) : std::nullopt;
  return baseline ? std::make_shared<const wire::Baseline>(*std::move(baseline)) : nullptr;
}

std::vector<StoredWindow> read_windows(const runtime::Cache& cache, const Key& key) {
  std::vector<StoredWindow> out;
  for (const auto& map : cache.labelled<ConfigMap>(key.namespace_, labels::kRole, kWindowRole)) {
    auto counts = read_document<wire::WindowCounts>(*map, wire::kWindowKey);
    if (counts && counts->monitor == key.name) out.push_back({map, *std::move(counts)});
  }
  std::ranges::stable_sort(out, {}, [](const StoredWindow& window) { return window.counts.start; });
  return out;
}

template <class T>
void add_stranger(const runtime::Cache& cache, const Key& key, std::vector<std::shared_ptr<const T>>& ours) {
  auto found = cache.get<T>(key);
  const auto same = [&](const auto& each) { return each->metadata.uid == found->metadata.uid; };
  if (found && std::ranges::none_of(ours, same)) ours.push_back(std::move(found));
}

void read_children(const runtime::Cache& cache, Observed& seen) {
  const DriftMonitor& monitor = *seen.monitor;
  seen.jobs = cache.owned_by<Job>(monitor.metadata.uid);
  seen.trainings = cache.owned_by<TrainingJob>(monitor.metadata.uid);
  for (const auto& job : seen.jobs)
    for (auto& pod : cache.owned_by<Pod>(job->metadata.uid)) seen.pods.push_back(std::move(pod));
  if (!monitor.status.episode) return;
  const std::string& trigger = monitor.status.episode->trigger;
  add_stranger(cache, {monitor.metadata.namespace_, snapshot_name(monitor, trigger)}, seen.jobs);
  add_stranger(cache, {monitor.metadata.namespace_, retrain_name(monitor, trigger)}, seen.trainings);
}

}  // namespace

Result<Observed> observe(const runtime::Cache& cache, const Key& key, const Options& options, Time now) {
  Observed seen;
  seen.monitor = cache.get<DriftMonitor>(key);
  if (!seen.monitor) return fail(Code::kNotFound, "NotFound", "DriftMonitor " + key.text() + " is gone");
  seen.options = options;
  seen.now = now;
  seen.service = cache.get<InferenceService>({key.namespace_, seen.monitor->spec.target_ref.name});
  if (seen.service && seen.service->status.stable)
    seen.version = cache.get<ModelVersion>({key.namespace_, seen.service->status.stable->model_version});
  if (seen.version) seen.baseline = read_baseline(cache, *seen.version);
  seen.windows = read_windows(cache, key);
  read_children(cache, seen);
  return seen;
}

}  // namespace gyre::drift_monitor
