#include "controllers/drift_monitor/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "controllers/training_job/validate.h"
#include "crds/schema/codec.h"
#include "crds/v1alpha1/training_job.h"

namespace gyre::drift_monitor {
namespace {

using Errors = std::vector<schema::FieldError>;
using Check = Errors (*)(const DriftMonitor&);

constexpr std::size_t kLongestLabel = 63;
constexpr char kTrainingJob[] = "spec.retrain.trainingJob";

Errors check_name(const DriftMonitor& monitor) {
  if (monitor.metadata.name.size() <= kLongestLabel) return {};
  return {
      {"metadata.name", fmt::format("is a label of what the monitor makes; use at most {} characters", kLongestLabel)}};
}

// Also what CEL says of these, for clients of the webhook alone.
Errors check_window(const DriftMonitor& monitor) {
  const Window& window = monitor.spec.window;
  Errors out;
  if (window.bucket < std::chrono::seconds(1) || window.bucket % std::chrono::seconds(1) != Duration::zero())
    out.push_back({"spec.window.bucket", fmt::format("{} is not a whole number of seconds; write 1s or more",
                                                     format_duration(window.bucket))});
  else if (window.duration < window.bucket)
    out.push_back({"spec.window.duration",
                   fmt::format("{} is shorter than the bucket {}; lengthen the window or shorten the bucket",
                               format_duration(window.duration), format_duration(window.bucket))});
  else if (window.duration % window.bucket != Duration::zero())
    out.push_back(
        {"spec.window.bucket", fmt::format("{} does not divide the window {}; write a divisor of it",
                                           format_duration(window.bucket), format_duration(window.duration))});
  if (window.allowed_lateness < Duration::zero())
    out.push_back({"spec.window.allowedLateness", "must not be negative; write 0s or more"});
  const Duration judged = window.duration + window.allowed_lateness;
  if (window.retention < judged)
    out.push_back({"spec.window.retention",
                   fmt::format("{} ends before a window is judged; write at least duration + allowedLateness, {}",
                               format_duration(window.retention), format_duration(judged))});
  return out;
}

Errors check_decision(const DriftMonitor& monitor) {
  const auto& n_of_m = monitor.spec.decision.n_of_m;
  if (n_of_m.size() == 2 && n_of_m[0] >= 1 && n_of_m[0] <= n_of_m[1]) return {};
  return {{"spec.decision.nOfM", "write [N, M] with 1 <= N <= M: N of the last M windows must drift"}};
}

Errors check_weights(const DriftMonitor& monitor) {
  const auto& features = monitor.spec.features;
  const bool all_zero =
      !features.empty() && std::ranges::all_of(features, [](const MonitoredFeature& f) { return f.weight == 0; });
  if (!all_zero || monitor.spec.decision.dataset_rule.weighted_share == 0) return {};
  return {{"spec.features",
           "every weight is 0, so no share of them can pass decision.datasetRule.weightedShare; give "
           "at least one a weight"}};
}

bool is_within(std::string uri, std::string folder) {
  uri += "/";
  if (!folder.ends_with('/')) folder += "/";
  return uri.starts_with(folder);
}

Errors check_retrain_dataset(const DriftMonitor& monitor) {
  if (!monitor.spec.retrain || !monitor.spec.retrain->dataset) return {};
  const RetrainDataset& dataset = *monitor.spec.retrain->dataset;
  if (!is_within(dataset.snapshot_uri, dataset.uri) && !is_within(dataset.uri, dataset.snapshot_uri)) return {};
  return {{"spec.retrain.dataset.snapshotUri",
           fmt::format("overlaps with uri {}, so that snapshots would be read as labelled rows; name another folder",
                       dataset.uri)}};
}

Errors check_cooldown(const DriftMonitor& monitor) {
  if (!monitor.spec.retrain || monitor.spec.retrain->cooldown >= Duration::zero()) return {};
  return {{"spec.retrain.cooldown", "must not be negative; write 0s or more"}};
}

Errors check_training_job(const DriftMonitor& monitor) {
  if (!monitor.spec.retrain) return {};
  const nlohmann::json& raw = monitor.spec.retrain->training_job;
  Errors out = training_job::check_embedded(raw, kTrainingJob);
  if (out.empty() && raw.contains("suspend") && raw["suspend"] == true)
    out.push_back({std::string(kTrainingJob) + ".suspend", "is the monitor's: use spec.suspend, and remove it here"});
  return out;
}

constexpr Check kChecks[] = {check_name,     check_window,      check_decision, check_weights, check_retrain_dataset,
                             check_cooldown, check_training_job};

}  // namespace

Errors check_drift_monitor(const DriftMonitor& monitor) {
  Errors out;
  for (const Check check : kChecks)
    for (schema::FieldError& error : check(monitor)) out.push_back(std::move(error));
  return out;
}

}  // namespace gyre::drift_monitor
