#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "controllers/common/conditions.h"
#include "controllers/training_job/attempt.h"
#include "controllers/training_job/decide.h"
#include "controllers/training_job/names.h"
#include "controllers/training_job/observed.h"

namespace gyre::training_job {

using namespace std::chrono_literals;

inline const std::string kDigest = "sha256:" + std::string(64, 'a');
inline const Time kStart = *parse_time("2026-03-01T12:00:00Z");

inline TrainingJob training_job() {
  TrainingJob job;
  job.metadata = {.name = "train", .namespace_ = "ml", .uid = "uid-1", .resource_version = "7", .generation = 1};
  job.spec.template_ = nlohmann::json::parse(R"({"spec": {"containers": [{"name": "trainer", "image": "t:1"}]}})");
  return job;
}

// A small cluster around one TrainingJob: sentences change it, `settle` applies plans until nothing changes.
class World {
 public:
  World& spec(const std::function<void(TrainingJobSpec&)>& change) {
    change(training_.spec);
    ++training_.metadata.generation;
    return *this;
  }
  World& status(const std::function<void(TrainingJobStatus&)>& change) {
    change(training_.status);
    return *this;
  }
  World& meta(const std::function<void(ObjectMeta&)>& change) {
    change(training_.metadata);
    return *this;
  }
  World& publishes(std::optional<ModelOutput> model = std::nullopt) {
    return spec([&](TrainingJobSpec& spec) { spec.output = TrainingOutput{"pvc://models/out", model}; });
  }
  World& later(Duration by) {
    now_ += by;
    return *this;
  }

  World& running(int attempt, int pods = 1) {
    Job& job = *find_job(attempt_name(training_, attempt));
    job.status.active = job.status.ready = pods;
    job.status.start_time = now_;
    for (int index = 0; index < pods; ++index) {
      Pod pod;
      pod.metadata = child_meta(job.metadata, kind_of(Type<Job>{}), pod_name(attempt, index));
      pod.metadata.annotations[kIndexAnnotation] = std::to_string(index);
      pod.status.phase = "Running";
      pods_.push_back(std::make_shared<Pod>(pod));
    }
    return *this;
  }
  World& container_ends(int attempt, const std::string& name, TerminatedState state, int index = 0) {
    state.finished_at = now_;
    ContainerStatus status;
    status.name = name;
    status.image = "t:1";
    status.image_id = "t@" + kDigest;
    status.state.terminated = std::move(state);
    auto& pod = *find_pod(pod_name(attempt, index));
    (name == kTrainer ? pod.status.container_statuses : pod.status.init_container_statuses).push_back(status);
    return *this;
  }
  // All pods of the attempt end so, and its Job says so.
  World& job_ends(int attempt, const std::string& type, const std::string& reason = "", std::string message = "") {
    Job& job = *find_job(attempt_name(training_, attempt));
    job.status.active = job.status.ready = 0;
    (type == "Complete" ? job.status.succeeded : job.status.failed) = 1;
    if (type == "Complete") job.status.completion_time = now_;
    job.status.conditions = {{type, "True", reason, std::move(message), now_}};
    for (auto& pod : pods_)
      if (is_alive(*pod)) pod->status.phase = type == "Complete" ? "Succeeded" : "Failed";
    return *this;
  }
  World& fails(int attempt, int exit_code = 3) {
    running(attempt).container_ends(attempt, kTrainer, {exit_code, "Error", ""});
    return job_ends(attempt, "Failed", "PodFailurePolicy",
                    "Container trainer for pod ml/x failed with exit code 3 matching FailJob rule at index 1");
  }
  World& succeeds(int attempt, std::string published = "") {
    running(attempt).container_ends(attempt, kTrainer, {0, "Completed", ""});
    if (training_.spec.output) container_ends(attempt, kPublish, {0, "Completed", std::move(published)});
    return job_ends(attempt, "Complete");
  }
  World& prints(std::string log) {
    log_ = std::move(log);
    return *this;
  }
  World& foreign_job(const std::string& name) {
    auto job = std::make_shared<Job>();
    job->metadata = {.name = name, .namespace_ = "ml", .uid = "stranger"};
    jobs_.push_back(job);
    return *this;
  }
  World& foreign_service(const std::string& name) {
    service_ = std::make_shared<Service>();
    service_->metadata = {.name = name, .namespace_ = "ml", .uid = "stranger"};
    return *this;
  }
  World& foreign_version() {
    version_ = std::make_shared<ModelVersion>();
    version_->spec.lineage.training_job = ObjectLineage{"other", "uid-other"};
    return *this;
  }
  World& job_gone(const std::string& name) {
    std::erase_if(jobs_, [&](const auto& job) { return job->metadata.name == name; });
    return *this;
  }
  World& pods_gone() {
    pods_.clear();
    return *this;
  }

  Observed seen() const {
    Observed out;
    out.training_job = std::make_shared<TrainingJob>(training_);
    out.jobs = {jobs_.begin(), jobs_.end()};
    out.pods = {pods_.begin(), pods_.end()};
    out.service = service_;
    out.version = version_;
    out.trainer_log = log_;
    out.options = {"worker:1"};
    out.now = now_;
    return out;
  }
  TrainingPlan plan() const { return decide(seen()); }

  // As the API server would.
  World& apply(const TrainingPlan& plan) {
    for (const Child& each : plan.applies) {
      if (each.kind.kind == "Job") add_job(*schema::from_json<Job>(each.object));
      if (each.kind.kind == "Service") service_ = std::make_shared<Service>(*schema::from_json<Service>(each.object));
      if (each.kind.kind == "ModelVersion" && !version_) {
        version_ = std::make_shared<ModelVersion>(*schema::from_json<ModelVersion>(each.object));
        ++versions_made_;
      }
    }
    for (const Deletion& each : plan.deletions) job_gone(each.key.name);
    training_.status = plan.status;
    for (const EventNote& event : plan.events) events_.push_back(event.reason);
    is_deleted_ = is_deleted_ || plan.delete_self.has_value();
    return *this;
  }

  // Reconciles until nothing changes, and says how often; -1 when it does not come to rest.
  int settle() {
    for (int round = 0; round < 10; ++round) {
      const TrainingPlan next = plan();
      if (is_still(next)) return round;
      apply(next);
    }
    return -1;
  }

  Job* find_job(const std::string& name) {
    for (auto& job : jobs_)
      if (job->metadata.name == name) return job.get();
    return nullptr;
  }
  Pod* find_pod(const std::string& name) {
    for (auto& pod : pods_)
      if (pod->metadata.name == name) return pod.get();
    return nullptr;
  }
  std::vector<std::string> job_names() const {
    std::vector<std::string> out;
    for (const auto& job : jobs_) out.push_back(job->metadata.name);
    return out;
  }
  // "True/Reason", or "absent".
  std::string condition(std::string_view type) const {
    const Condition* found = find_condition(training_.status.conditions, type);
    if (!found) return "absent";
    const char* status = found->status == ConditionStatus::kTrue ? "True" : "False";
    return std::string(status) + "/" + found->reason;
  }
  std::string message(std::string_view type) const {
    const Condition* found = find_condition(training_.status.conditions, type);
    return found ? found->message : "absent";
  }
  TrainingPhase phase() const { return training_.status.phase; }
  const TrainingJobStatus& now_is() const { return training_.status; }
  const TrainingJob& training() const { return training_; }
  const std::vector<std::string>& events() const { return events_; }
  const ModelVersion* version() const { return version_.get(); }
  Service* service() { return service_.get(); }
  int versions_made() const { return versions_made_; }
  bool is_deleted() const { return is_deleted_; }

 private:
  static std::string pod_name(int attempt, int index) {
    return "train-" + std::to_string(attempt) + "-" + std::to_string(index) + "-pod";
  }

  void add_job(Job job) {
    if (Job* live = find_job(job.metadata.name)) {
      // What is not applied stays as somebody else has set it.
      if (!job.spec.suspend) job.spec.suspend = live->spec.suspend;
      live->spec = job.spec;
      return;
    }
    job.metadata.uid = "uid-of-" + job.metadata.name;
    job.metadata.creation_timestamp = now_;
    jobs_.push_back(std::make_shared<Job>(std::move(job)));
  }

  // Applying what is there already is no write.
  bool is_still(const TrainingPlan& plan) const {
    for (const Child& each : plan.applies)
      if (each.kind.kind != "Service" || !service_ || schema::to_json(*service_)["spec"] != each.object["spec"])
        return false;
    return plan.deletions.empty() && plan.events.empty() && !plan.delete_self && plan.status == training_.status;
  }

  TrainingJob training_ = training_job();
  std::vector<std::shared_ptr<Job>> jobs_;
  std::vector<std::shared_ptr<Pod>> pods_;
  std::shared_ptr<Service> service_;
  std::shared_ptr<ModelVersion> version_;
  std::optional<std::string> log_;
  Time now_ = kStart;
  std::vector<std::string> events_;
  int versions_made_ = 0;
  bool is_deleted_ = false;
};

}  // namespace gyre::training_job
