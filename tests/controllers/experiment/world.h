#pragma once

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "controllers/common/conditions.h"
#include "controllers/common/model_versions.h"
#include "controllers/experiment/decide.h"
#include "controllers/experiment/names.h"
#include "controllers/experiment/trials.h"

namespace gyre::experiment {

inline const Time kStart = *parse_time("2026-03-01T12:00:00Z");

inline Experiment sample_experiment() {
  Experiment out;
  out.metadata = {.name = "search", .namespace_ = "ml", .uid = "uid-search", .generation = 1};
  out.spec.objective = {"accuracy", ObjectiveType::kMaximize, std::nullopt};
  out.spec.parameters = {{"lr", ParameterType::kDouble, {"0.001", "1", "", {}, Distribution::kLogUniform}},
                         {"nodes", ParameterType::kInt, {"1", "4"}},
                         {"opt", ParameterType::kCategorical, {"", "", "", {"sgd", "adam"}}}};
  out.spec.algorithm = {AlgorithmName::kRandom, {}, 7};
  out.spec.parallel_trial_count = 2;
  out.spec.max_trial_count = 4;
  out.spec.max_failed_trial_count = 1;
  out.spec.trial_template.trial_parameters = {{"rate", "lr"}, {"workers", "nodes"}};
  out.spec.trial_template.training_job = nlohmann::json::parse(R"({
    "numNodes": "${trialParameters.workers}",
    "output": {"uri": "pvc://models/published"},
    "template": {"spec": {"containers": [{"name": "trainer", "image": "trainer:1",
      "command": ["train", "--rate=${trialParameters.rate}", "--on=${trialParameters.workers}x${trialParameters.rate}"],
      "env": [{"name": "HOME", "value": "${HOME}"}, {"name": "NODES", "value": "${trialParameters.workers}"}]}]}}})");
  return out;
}

// A small cluster around one Experiment: sentences change it, `settle` applies plans until nothing changes.
class World {
 public:
  explicit World(Experiment experiment = sample_experiment()) : experiment_(std::move(experiment)) {}

  World& spec(const std::function<void(ExperimentSpec&)>& change) {
    change(experiment_.spec);
    ++experiment_.metadata.generation;
    return *this;
  }
  World& annotated(std::string name, std::string value) {
    experiment_.metadata.annotations[std::move(name)] = std::move(value);
    return *this;
  }
  World& labelled(std::string name, std::string value) {
    experiment_.metadata.labels[std::move(name)] = std::move(value);
    return *this;
  }
  World& deleted() {
    experiment_.metadata.deletion_timestamp = kStart;
    return *this;
  }

  // The trial ends well and has printed that value.
  World& trial_prints(int index, std::string value) {
    TrainingJob& job = *find_trial(index);
    job.status.phase = TrainingPhase::kSucceeded;
    job.status.metrics = {{"loss", "1"}, {"accuracy", std::move(value)}};
    job.status.output =
        PublishedOutput{"pvc://models/published/" + job.metadata.name, "sha256:" + std::string(64, 'a')};
    return ended(job);
  }
  World& trial_prints_nothing(int index) {
    find_trial(index)->status.phase = TrainingPhase::kSucceeded;
    return ended(*find_trial(index));
  }
  World& trial_fails(int index, std::string message = "OOMKilled") {
    TrainingJob& job = *find_trial(index);
    job.status.phase = TrainingPhase::kFailed;
    set_condition(job.status.conditions, {kFailed, ConditionStatus::kTrue, "AttemptFailed", std::move(message)}, 1,
                  now_);
    return ended(job);
  }
  World& trial_gone(int index) {
    std::erase_if(trials_, [&](const auto& job) { return job.get() == find_trial(index); });
    return *this;
  }
  World& named_gone(const std::string& name) {
    std::erase_if(trials_, [&](const auto& job) { return job->metadata.name == name; });
    return *this;
  }
  World& stranger(const std::string& name) {
    auto job = std::make_shared<TrainingJob>();
    job->metadata = {.name = name, .namespace_ = "ml", .uid = "stranger"};
    trials_.push_back(job);
    return *this;
  }
  World& foreign_version(const std::string& name) {
    ModelVersion version;
    version.metadata = {.name = name, .namespace_ = "ml", .uid = "stranger"};
    versions_[name] = std::make_shared<ModelVersion>(version);
    return *this;
  }

  Observed seen() const {
    Observed out;
    out.experiment = std::make_shared<Experiment>(experiment_);
    out.trials = {trials_.begin(), trials_.end()};
    out.now = now_;
    const auto trials = read_trials(out);
    const Trial* best = best_trial(experiment_.spec.objective, trials);
    if (best && experiment_.spec.on_success) {
      const auto found = versions_.find(model_version_name("digits", best->job->metadata.uid));
      if (found != versions_.end()) out.version = found->second;
    }
    return out;
  }
  ExperimentPlan plan() const { return decide(seen()); }

  // As the API server would.
  World& apply(const ExperimentPlan& plan) {
    for (const Child& each : plan.applies) {
      if (each.kind == kind_of(Type<ModelVersion>{})) {
        versions_[each.key.name] = std::make_shared<ModelVersion>(*schema::from_json<ModelVersion>(each.object));
        continue;
      }
      TrainingJob job = *schema::from_json<TrainingJob>(each.object);
      const auto present =
          std::ranges::find(trials_, job.metadata.name, [](const auto& t) { return t->metadata.name; });
      if (present != trials_.end()) {
        (*present)->spec = job.spec;
      } else {
        job.metadata.uid = "uid-of-" + job.metadata.name;
        trials_.push_back(std::make_shared<TrainingJob>(job));
      }
    }
    for (const Deletion& each : plan.deletions)
      std::erase_if(trials_, [&](const auto& job) { return job->metadata.name == each.key.name; });
    experiment_.status = plan.status;
    for (const EventNote& event : plan.events) events_.push_back(event.reason);
    return *this;
  }

  // Until a plan changes nothing; the fix point's plan must ask for nothing at all. -1 when there is none.
  int settle() {
    for (int round = 0; round < 10; ++round) {
      const ExperimentPlan next = plan();
      if (next.applies.empty() && next.deletions.empty() && next.status == experiment_.status && next.events.empty())
        return round;
      apply(next);
    }
    return -1;
  }

  TrainingJob* find_trial(int index) {
    for (const auto& job : trials_)
      if (const auto label = job->metadata.labels.find(labels::kTrial);
          label != job->metadata.labels.end() && label->second == std::to_string(index))
        return job.get();
    return nullptr;
  }
  std::vector<std::string> trial_names() const {
    std::vector<std::string> out;
    for (const auto& job : trials_) out.push_back(job->metadata.name);
    return out;
  }
  std::vector<std::string> suspended_trials() const {
    std::vector<std::string> out;
    for (const auto& job : trials_)
      if (job->spec.suspend) out.push_back(job->metadata.name);
    return out;
  }
  std::vector<std::shared_ptr<const ModelVersion>> versions() const {
    std::vector<std::shared_ptr<const ModelVersion>> out;
    for (const auto& [name, version] : versions_) out.push_back(version);
    return out;
  }
  const ExperimentStatus& status() const { return experiment_.status; }
  const Experiment& experiment() const { return experiment_; }
  const std::vector<std::string>& events() const { return events_; }
  // "Complete=False/Searching"
  std::string condition(std::string_view type) const {
    const Condition* found = find_condition(experiment_.status.conditions, type);
    return found ? fmt::format("{}/{}", schema::enum_name(found->status), found->reason) : "absent";
  }
  std::string message(std::string_view type) const {
    const Condition* found = find_condition(experiment_.status.conditions, type);
    return found ? found->message : "";
  }

 private:
  World& ended(TrainingJob& job) {
    now_ += std::chrono::seconds(1);
    job.status.completion_time = now_;
    return *this;
  }

  Experiment experiment_;
  std::vector<std::shared_ptr<TrainingJob>> trials_;
  std::map<std::string, std::shared_ptr<const ModelVersion>> versions_;
  std::vector<std::string> events_;
  Time now_ = kStart;
};

}  // namespace gyre::experiment
