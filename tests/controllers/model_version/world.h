#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/conditions.h"
#include "controllers/common/worker_job.h"
#include "controllers/model_version/decide.h"
#include "controllers/model_version/names.h"
#include "controllers/model_version/observed.h"
#include "controllers/model_version/resources.h"

namespace gyre::model_version {

using namespace std::chrono_literals;

inline const std::string kDigest = "sha256:" + std::string(64, 'a');
inline const Time kStart = *parse_time("2026-03-01T12:00:00Z");

// A small cluster around one ModelVersion: sentences change it, `settle` applies plans until nothing changes.
class World {
 public:
  World() {
    version_.metadata = {.name = "digits-1", .namespace_ = "ml", .uid = "uid-1", .generation = 1};
    version_.metadata.creation_timestamp = kStart;
    version_.spec.model = "digits";
    version_.spec.artifact = {"pvc://models/published/1", "sklearn", kDigest};
    version_.spec.evaluations = {{"accuracy", 0.95, 360}};
    version_.spec.evaluation_rows = EvaluationRows{kDigest, kDigest};
    now_ = kStart;
  }

  World& gates(std::vector<Gate> gates) {
    version_.spec.gates = std::move(gates);
    return *this;
  }
  World& spec(const std::function<void(ModelVersionSpec&)>& change) {
    change(version_.spec);
    ++version_.metadata.generation;
    return *this;
  }
  World& status(const std::function<void(ModelVersionStatus&)>& change) {
    change(version_.status);
    return *this;
  }
  World& deleted() {
    version_.metadata.deletion_timestamp = now_;
    return *this;
  }
  World& sibling(std::string name, int number, Duration younger, VersionPhase phase = VersionPhase::kVerifying) {
    auto other = std::make_shared<ModelVersion>(version_);
    other->metadata.name = name;
    other->metadata.uid = "uid-" + name;
    other->metadata.creation_timestamp = kStart + younger;
    other->status = {};
    other->status.version = number;
    other->status.phase = phase;
    siblings_.push_back(other);
    return *this;
  }
  World& service(std::string name, std::string stable, std::string model = "digits") {
    std::erase_if(services_, [&](const auto& each) { return each->metadata.name == name; });
    auto service = std::make_shared<InferenceService>();
    service->metadata = {.name = name, .namespace_ = "ml", .uid = "uid-" + name};
    service->spec.model.name = model;
    if (!stable.empty()) service->status.stable = RevisionStatus{.revision = "abc", .model_version = stable};
    services_.push_back(service);
    return *this;
  }
  World& later(Duration by) {
    now_ += by;
    return *this;
  }

  // The Job's pod ends with this message.
  World& job_ends(const std::string& name, const std::string& message, std::string_view type = "Complete") {
    Job& job = *find_job(name);
    ChildCondition end;
    end.type = type;
    end.status = "True";
    end.last_transition_time = now_;
    job.status.conditions = {end};
    Pod pod;
    pod.metadata = child_meta(job.metadata, kind_of(Type<Job>{}), name + "-pod");
    ContainerStatus worker;
    worker.name = kWorkerContainer;
    worker.state.terminated = TerminatedState{type == "Complete" ? 0 : 1, "Ended", message, now_};
    pod.status.container_statuses = {worker};
    pods_.push_back(std::make_shared<Pod>(pod));
    return *this;
  }
  World& job_completes_without_pod(const std::string& name) {
    job_ends(name, "");
    pods_.pop_back();
    return *this;
  }
  World& foreign_job(const std::string& name) {
    auto job = std::make_shared<Job>();
    job->metadata = {.name = name, .namespace_ = "ml", .uid = "stranger"};
    jobs_.push_back(job);
    return *this;
  }
  World& job_gone(const std::string& name) {
    std::erase_if(jobs_, [&](const auto& job) { return job->metadata.name == name; });
    return *this;
  }

  Observed seen() const {
    Observed out;
    out.version = std::make_shared<ModelVersion>(version_);
    out.siblings = siblings_;
    out.services = {services_.begin(), services_.end()};
    out.jobs = {jobs_.begin(), jobs_.end()};
    out.pods = pods_;
    out.options = {"worker:1", "https://gyre-collector.gyre.svc:9444"};
    out.now = now_;
    return out;
  }

  VersionPlan plan() const { return decide(seen()); }

  // As the API server would.
  World& apply(const VersionPlan& plan) {
    for (const Child& each : plan.applies) {
      Job job = *schema::from_json<Job>(each.object);
      if (Job* present = find_job(job.metadata.name)) {
        present->spec = job.spec;
      } else {
        job.metadata.uid = "uid-of-" + job.metadata.name;
        jobs_.push_back(std::make_shared<Job>(job));
      }
    }
    for (const Deletion& each : plan.deletions) job_gone(each.key.name);
    version_.status = plan.status;
    for (const EventNote& event : plan.events) events_.push_back(event.reason);
    return *this;
  }

  // Reconciles once more than changes anything; fails the caller's expectation of a fix point by returning -1.
  int settle() {
    for (int round = 0; round < 10; ++round) {
      const VersionPlan next = plan();
      if (next.applies.empty() && next.deletions.empty() && next.status == version_.status && next.events.empty())
        return round;
      apply(next);
      // A short look-again is part of settling; a backoff is not.
      if (next.requeue_after && *next.requeue_after <= 2s) now_ += *next.requeue_after;
    }
    return -1;
  }

  const ModelVersionStatus& now_is() const { return version_.status; }
  VersionPhase phase() const { return version_.status.phase; }
  const ModelVersion& version() const { return version_; }
  std::vector<std::string> job_names() const {
    std::vector<std::string> out;
    for (const auto& job : jobs_) out.push_back(job->metadata.name);
    return out;
  }
  const std::vector<std::string>& events() const { return events_; }
  // "Ready=False/Verifying"
  std::string condition(std::string_view type) const {
    const Condition* found = find_condition(version_.status.conditions, type);
    return found ? fmt::format("{}/{}", schema::enum_name(found->status), found->reason) : "absent";
  }
  std::string message(std::string_view type) const {
    const Condition* found = find_condition(version_.status.conditions, type);
    return found ? found->message : "";
  }
  Job* find_job(const std::string& name) {
    for (const auto& job : jobs_)
      if (job->metadata.name == name) return job.get();
    return nullptr;
  }

 private:
  ModelVersion version_;
  std::vector<std::shared_ptr<const ModelVersion>> siblings_;
  std::vector<std::shared_ptr<InferenceService>> services_;
  std::vector<std::shared_ptr<Job>> jobs_;
  std::vector<std::shared_ptr<const Pod>> pods_;
  std::vector<std::string> events_;
  Time now_;
};

inline std::string fetched(const std::string& digest = kDigest) { return nlohmann::json{{"digest", digest}}.dump(); }

inline Gate at_least(double min) {
  Gate gate;
  gate.metric = "accuracy";
  gate.min = min;
  return gate;
}

inline Gate beats_champion(std::string service = "") {
  Gate gate;
  gate.metric = "accuracy";
  gate.vs = GateReference::kChampion;
  gate.inference_service = std::move(service);
  return gate;
}

inline std::string compared(const char* result, int gate = 0) {
  return nlohmann::json{
      {"verdicts",
       {{{"gate", gate}, {"metric", "accuracy"}, {"result", result}, {"delta", 0.02}, {"ci", {0.01, 0.03}}}}}}
      .dump();
}

}  // namespace gyre::model_version
