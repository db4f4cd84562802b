#include "controllers/drift_monitor/resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "controllers/common/pod_parts.h"
#include "controllers/common/worker_job.h"
#include "controllers/drift_monitor/names.h"
#include "crds/schema/codec.h"

namespace gyre::drift_monitor {
namespace {

using nlohmann::json;

constexpr std::int64_t kSnapshotSeconds = 1800;

std::string volume_name(std::size_t index) { return fmt::format("claim-{}", index); }

json pod_spec(const std::vector<std::string>& arguments, const std::vector<std::string>& claims,
              const Options& options) {
  json mounts = json::array({{{"name", "tmp"}, {"mountPath", "/tmp"}}});
  json volumes = json::array({{{"name", "tmp"}, {"emptyDir", json::object()}}});
  for (std::size_t i = 0; i < claims.size(); ++i) {
    mounts.push_back({{"name", volume_name(i)}, {"mountPath", claim_mount(claims[i])}});
    volumes.push_back({{"name", volume_name(i)}, {"persistentVolumeClaim", {{"claimName", claims[i]}}}});
  }
  json container = make_worker(kWorkerContainer, options.worker_image, arguments);
  container["volumeMounts"] = std::move(mounts);
  return make_worker_pod(std::move(container), std::move(volumes));
}

void add_labels(ObjectMeta& meta, const DriftMonitor& monitor, const Episode& episode) {
  meta.labels[labels::kMonitor] = child_name(monitor.metadata.name, "");
  meta.labels[labels::kTrigger] = episode.trigger;
}

// A retraining on the rows that the old model saw teaches nothing: the snapshot takes the place of the dataset.
void replace_dataset(std::vector<Dataset>& datasets, Dataset pinned) {
  const auto found = std::ranges::find(datasets, pinned.name, &Dataset::name);
  if (found == datasets.end())
    datasets.push_back(std::move(pinned));
  else
    *found = std::move(pinned);
}

}  // namespace

std::string snapshot_uri(const DriftMonitor& monitor, const Episode& episode) {
  std::string folder = monitor.spec.retrain->dataset->snapshot_uri;
  while (folder.ends_with('/')) folder.pop_back();
  return fmt::format("{}/{}-{}", folder, monitor.metadata.name, episode.trigger);
}

Job make_snapshot_job(const DriftMonitor& monitor, const Episode& episode, const Options& options) {
  const RetrainDataset& dataset = *monitor.spec.retrain->dataset;
  const std::set<std::string> claims = {claim_of(dataset.uri), claim_of(dataset.snapshot_uri)};
  const std::vector<std::string> arguments = {"fetch",
                                              "--as",
                                              "snapshot",
                                              "--uri",
                                              dataset.uri,
                                              "--time-column",
                                              dataset.time_column,
                                              "--after",
                                              format_time(episode.start),
                                              "--min-rows",
                                              std::to_string(dataset.after_onset),
                                              "--to-uri",
                                              snapshot_uri(monitor, episode)};
  Job job;
  job.metadata = child_of(monitor, snapshot_name(monitor, episode.trigger));
  add_labels(job.metadata, monitor, episode);
  job.metadata.labels[labels::kRole] = kSnapshotRole;
  job.spec.completions = job.spec.parallelism = 1;
  job.spec.backoff_limit = 0;  // The next look at the rows is a new Job anyway.
  job.spec.active_deadline_seconds = kSnapshotSeconds;
  job.spec.template_ = {{"metadata", {{"labels", job.metadata.labels}}},
                        {"spec", pod_spec(arguments, {claims.begin(), claims.end()}, options)}};
  return job;
}

ObjectMeta retraining_metadata(const DriftMonitor& monitor, const Episode& episode) {
  ObjectMeta out = child_of(monitor, retrain_name(monitor, episode.trigger));
  add_labels(out, monitor, episode);
  return out;
}

Result<TrainingJob> make_training_job(const DriftMonitor& monitor, const Episode& episode, const Pinned& pinned) {
  Result<TrainingJobSpec> spec = schema::from_json<TrainingJobSpec>(monitor.spec.retrain->training_job);
  if (!spec) return std::unexpected(std::move(spec).error());
  TrainingJob job;
  job.metadata = retraining_metadata(monitor, episode);
  job.spec = *std::move(spec);
  if (const auto& dataset = monitor.spec.retrain->dataset)
    replace_dataset(job.spec.datasets, {dataset->name, pinned.uri, pinned.digest});
  return job;
}

}  // namespace gyre::drift_monitor
