#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "controllers/common/conditions.h"
#include "controllers/common/worker_job.h"
#include "controllers/drift_monitor/decide.h"
#include "controllers/drift_monitor/names.h"
#include "controllers/drift_monitor/observed.h"
#include "controllers/drift_monitor/resources.h"

namespace gyre::drift_monitor {

using namespace std::chrono_literals;

inline const Time kStart = *parse_time("2026-03-01T12:00:00Z");
inline const std::string kSnapshotDigest = "sha256:" + std::string(64, 'd');

inline std::string baseline_digest_of(const std::string& version) { return "sha256:" + version; }

// A small cluster around one DriftMonitor with windows of a minute: sentences change it, `settle` applies plans until
// nothing changes.
class World {
 public:
  World() {
    monitor_.metadata = {.name = "digits", .namespace_ = "ml", .uid = "uid-1", .generation = 1};
    monitor_.spec.target_ref.name = "digits";
    monitor_.spec.window.duration = 1min;
    monitor_.spec.window.bucket = 10s;
    monitor_.spec.window.allowed_lateness = 5s;
    monitor_.spec.window.min_rows = 100;
    serves("v1");
  }

  World& spec(const std::function<void(DriftMonitorSpec&)>& change) {
    change(monitor_.spec);
    ++monitor_.metadata.generation;
    return *this;
  }
  // Retrains on labelled rows.
  World& retrains(Duration cooldown = 1h) {
    return spec([&](DriftMonitorSpec& spec) {
      Retrain retrain;
      retrain.cooldown = cooldown;
      retrain.training_job = {{"seed", 7},
                              {"runPolicy", {{"backoffLimit", 2}}},
                              {"template", {{"spec", {{"containers", {{{"name", "trainer"}, {"image", "t:1"}}}}}}}}};
      retrain.dataset = RetrainDataset{"train", "pvc://models/labelled", "labeled_at", 400, "pvc://models/snapshots"};
      spec.retrain = retrain;
    });
  }
  World& metadata(const std::function<void(ObjectMeta&)>& change) {
    change(monitor_.metadata);
    return *this;
  }
  World& serves(const std::string& version) {
    auto service = std::make_shared<InferenceService>();
    service->metadata = {.name = "digits", .namespace_ = "ml", .uid = "uid-s"};
    service->status.stable = RevisionStatus{.revision = "abc", .model_version = version};
    service_ = service;
    auto model = std::make_shared<ModelVersion>();
    model->metadata = {.name = version, .namespace_ = "ml", .uid = "uid-" + version};
    model->spec.baseline_profile = BaselineRef{"pvc://models/1/baseline.json", baseline_digest_of(version)};
    version_ = model;
    auto baseline = std::make_shared<wire::Baseline>();
    wire::Profile age{.name = "age", .type = "categorical", .categories = {"a", "b"}, .counts = {500, 500, 0, 0}};
    baseline->features = {age};
    baseline_ = baseline;
    return *this;
  }
  World& without_service() {
    service_ = nullptr;
    version_ = nullptr;
    baseline_ = nullptr;
    return *this;
  }
  World& without_baseline() {
    baseline_ = nullptr;
    return *this;
  }

  // The next minute passes with such rows, and its window is judged.
  World& drifting_window() { return window({450, 50, 0, 0}); }
  World& calm_window() { return window({250, 250, 0, 0}); }
  World& thin_window() { return window({45, 5, 0, 0}); }
  World& quiet_minute() { return later(1min); }
  World& window(std::vector<std::int64_t> counts) {
    const Time start = open_window();
    add_window(start, counts);
    now_ = start + 1min + 5s;
    settle();
    return *this;
  }
  World& add_window(Time start, const std::vector<std::int64_t>& counts) {
    wire::WindowCounts window;
    window.monitor = "digits";
    window.model_version = version_->metadata.name;
    window.baseline_digest = baseline_digest_of(window.model_version);
    window.start = std::chrono::duration_cast<std::chrono::seconds>(start.time_since_epoch()).count();
    window.seconds = 60;
    for (const std::int64_t count : counts) window.rows += count;
    window.features = {{"age", counts}};
    auto stored = std::make_shared<ConfigMap>();
    stored->metadata = {.name = fmt::format("w-{}", window.start), .namespace_ = "ml", .uid = "uid-w"};
    windows_.push_back({stored, window});
    return *this;
  }
  World& later(Duration by) {
    now_ += by;
    return *this;
  }
  Time open_window() const { return now_ - now_.time_since_epoch() % Duration(1min); }

  World& snapshot_ends(const nlohmann::json& message) {
    end_snapshot(message).settle();
    return *this;
  }
  // Before anybody has looked.
  World& end_snapshot(const nlohmann::json& message) {
    Job& job = *find_job(snapshot());
    ChildCondition end;
    end.type = message.value("error", "").empty() ? "Complete" : "Failed";
    end.status = "True";
    end.last_transition_time = now_;
    job.status.conditions = {end};
    Pod pod;
    pod.metadata = child_meta(job.metadata, kind_of(Type<Job>{}), "pod");
    ContainerStatus worker;
    worker.name = kWorkerContainer;
    worker.state.terminated = TerminatedState{end.type == "Complete" ? 0 : 1, "Ended", message.dump(), now_};
    pod.status.container_statuses = {worker};
    pods_.push_back(std::make_shared<Pod>(pod));
    return *this;
  }
  World& training_is(TrainingPhase phase) {
    trainings_.back()->status.phase = phase;
    settle();
    return *this;
  }
  World& foreign_training(const std::string& name) {
    auto training = std::make_shared<TrainingJob>();
    training->metadata = {.name = name, .namespace_ = "ml", .uid = "stranger"};
    trainings_.push_back(training);
    return *this;
  }
  World& has_training(const TrainingJob& training) {
    trainings_.push_back(std::make_shared<TrainingJob>(training));
    return *this;
  }
  World& forgets_training() {
    trainings_.clear();
    return *this;
  }

  Observed seen() const {
    Observed out;
    out.monitor = std::make_shared<DriftMonitor>(monitor_);
    out.service = service_;
    out.version = version_;
    out.baseline = baseline_;
    out.windows = windows_;
    out.jobs = {jobs_.begin(), jobs_.end()};
    out.pods = pods_;
    out.trainings = {trainings_.begin(), trainings_.end()};
    out.options = {"worker:1"};
    out.now = now_;
    return out;
  }
  MonitorPlan plan() const { return decide(seen()); }

  // As the API server would.
  World& apply(const MonitorPlan& plan) {
    for (const Child& each : plan.applies) {
      if (each.kind.kind == "Job") create(*schema::from_json<Job>(each.object), jobs_);
      if (each.kind.kind == "TrainingJob") create(*schema::from_json<TrainingJob>(each.object), trainings_);
    }
    for (const Deletion& each : plan.deletions) {
      std::erase_if(jobs_, [&](const auto& job) { return job->metadata.name == each.key.name; });
      std::erase_if(windows_, [&](const auto& window) { return window.stored->metadata.name == each.key.name; });
    }
    monitor_.status = plan.status;
    for (const EventNote& event : plan.events) events_.push_back(event.reason);
    return *this;
  }

  // Reconciles until nothing changes; -1 when that never happens.
  int settle() {
    for (int round = 0; round < 10; ++round) {
      const MonitorPlan next = plan();
      if (next.deletions.empty() && next.status == monitor_.status && next.events.empty() && is_all_there(next))
        return round;
      apply(next);
    }
    return -1;
  }

  const DriftMonitorStatus& now_is() const { return monitor_.status; }
  const DriftMonitor& monitor() const { return monitor_; }
  std::string snapshot() const { return snapshot_name(monitor_, monitor_.status.episode->trigger); }
  std::string retraining() const { return retrain_name(monitor_, monitor_.status.episode->trigger); }
  std::vector<std::string> job_names() const { return names(jobs_); }
  std::vector<std::string> training_names() const { return names(trainings_); }
  std::vector<std::string> window_names() const {
    std::vector<std::string> out;
    for (const auto& each : windows_) out.push_back(each.stored->metadata.name);
    return out;
  }
  const TrainingJob& training() const { return *trainings_.back(); }
  const std::vector<std::string>& events() const { return events_; }
  // "Ready=False/NoBaseline"
  std::string condition(std::string_view type) const {
    const Condition* found = find_condition(monitor_.status.conditions, type);
    return found ? fmt::format("{}/{}", schema::enum_name(found->status), found->reason) : "absent";
  }
  std::string message(std::string_view type) const {
    const Condition* found = find_condition(monitor_.status.conditions, type);
    return found ? found->message : "";
  }
  Job* find_job(const std::string& name) {
    for (const auto& job : jobs_)
      if (job->metadata.name == name) return job.get();
    return nullptr;
  }
  Time now() const { return now_; }

 private:
  template <class T>
  static std::vector<std::string> names(const std::vector<std::shared_ptr<T>>& objects) {
    std::vector<std::string> out;
    for (const auto& each : objects) out.push_back(each->metadata.name);
    return out;
  }
  template <class T>
  void create(T object, std::vector<std::shared_ptr<T>>& objects) {
    if (std::ranges::count(names(objects), object.metadata.name)) return;
    object.metadata.uid = fmt::format("uid-of-{}-{}", object.metadata.name, ++created_);
    object.metadata.creation_timestamp = now_;
    objects.push_back(std::make_shared<T>(std::move(object)));
  }
  bool is_all_there(const MonitorPlan& plan) const {
    return std::ranges::all_of(plan.applies, [&](const Child& each) {
      return std::ranges::count(each.kind.kind == "Job" ? names(jobs_) : names(trainings_), each.key.name) > 0;
    });
  }

  DriftMonitor monitor_;
  std::shared_ptr<const InferenceService> service_;
  std::shared_ptr<const ModelVersion> version_;
  std::shared_ptr<const wire::Baseline> baseline_;
  std::vector<StoredWindow> windows_;
  std::vector<std::shared_ptr<Job>> jobs_;
  std::vector<std::shared_ptr<const Pod>> pods_;
  std::vector<std::shared_ptr<TrainingJob>> trainings_;
  std::vector<std::string> events_;
  int created_ = 0;
  Time now_ = kStart;
};

inline nlohmann::json too_few(int rows) { return {{"rows", 900}, {"rowsAfter", rows}, {"enough", false}}; }
inline nlohmann::json taken() {
  return {{"uri", "pvc://models/snapshots/x"}, {"digest", kSnapshotDigest}, {"rowsAfter", 450}, {"enough", true}};
}

}  // namespace gyre::drift_monitor
