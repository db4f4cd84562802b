#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "controllers/common/conditions.h"
#include "controllers/inference_service/decide.h"
#include "controllers/inference_service/names.h"
#include "controllers/inference_service/observed.h"
#include "controllers/inference_service/revision.h"

namespace gyre::inference_service {

using namespace std::chrono_literals;

inline const Time kStart = *parse_time("2026-03-01T12:00:00Z");

inline std::string digest_of(char digit) { return "sha256:" + std::string(64, digit); }

inline RolloutStep weight(int percent) { return {.set_weight = percent}; }
inline RolloutStep wait_for_a_person() { return {.pause = Pause{}}; }
inline RolloutStep wait_for(Duration duration) { return {.pause = Pause{duration}}; }
inline RolloutStep judge() { return {.analysis = AnalysisStep{}}; }

// At most 2% errors: two measurements of ten seconds, of ten requests at least.
inline AnalysisMetric error_rate() {
  AnalysisMetric metric;
  metric.name = "errors";
  metric.interval = 10s;
  metric.count = 2;
  metric.failure_limit = 0;
  metric.inconclusive_limit = 1;
  metric.consecutive_error_limit = 1;
  metric.max = 0.02;
  metric.min_samples = 10;
  metric.provider.agent = AgentProvider{AgentMetric::kErrorRate};
  return metric;
}

inline ModelVersion model_version(int number, char digit) {
  ModelVersion version;
  version.metadata = {.name = fmt::format("digits-{}", number), .namespace_ = "ml"};
  version.spec.model = "digits";
  version.spec.artifact = {"pvc://models/published/1", "sklearn", digest_of(digit)};
  version.status.version = number;
  version.status.phase = VersionPhase::kApproved;
  return version;
}

inline InferenceService inference_service() {
  InferenceService service;
  service.metadata = {.name = "digits", .namespace_ = "ml", .uid = "uid-1", .generation = 1};
  service.spec.model.name = "digits";
  service.spec.predictor.template_ =
      nlohmann::json::parse(R"({"spec": {"containers": [{"name": "server", "image": "fastapi:1"}]}})");
  return service;
}

// A small cluster around one InferenceService: sentences change it, `reconcile` applies a plan as a server would.
class World {
 public:
  World() : service_(inference_service()), now_(kStart) {}

  // Spec and versions

  World& spec(const std::function<void(InferenceServiceSpec&)>& change) {
    change(service_.spec);
    ++service_.metadata.generation;
    return *this;
  }
  World& steps(std::vector<RolloutStep> steps) {
    return spec([&](auto& spec) { spec.rollout.steps = std::move(steps); });
  }
  World& metrics(std::vector<AnalysisMetric> metrics) {
    return spec([&](auto& spec) { spec.rollout.analysis = Analysis{std::move(metrics)}; });
  }
  World& replicas(int pods) {
    return spec([&](auto& spec) { spec.predictor.min_replicas = pods; });
  }
  World& command(std::string id, RolloutAction action) {
    return spec([&](auto& spec) { spec.rollout_command = RolloutCommand{std::move(id), action}; });
  }
  World& suspend(bool is_suspended) {
    return spec([&](auto& spec) { spec.suspend = is_suspended; });
  }
  World& version(int number) { return version(number, static_cast<char>('a' + number)); }
  World& version(int number, char digit) {
    versions_.push_back(std::make_shared<ModelVersion>(model_version(number, digit)));
    return *this;
  }
  World& version_gone(int number) {
    std::erase_if(versions_, [&](const auto& version) { return version->status.version == number; });
    return *this;
  }
  World& catalogue(std::optional<std::string> entry) {
    runtime_ = std::move(entry);
    return *this;
  }
  World& agent_image(std::string image) {
    options_.agent_image = std::move(image);
    return *this;
  }
  World& deleted() {
    service_.metadata.deletion_timestamp = now_;
    return *this;
  }

  // Cluster

  World& later(Duration by) {
    now_ += by;
    return *this;
  }
  // Every Deployment has all the pods it wants.
  World& pods_come() {
    for (auto& [name, deployment] : deployments_) set_ready(name, deployment.spec.replicas.value_or(1));
    return *this;
  }
  World& pods_ready(const std::string& revision, int count) {
    set_ready("digits-" + revision, count);
    return *this;
  }
  World& crash_loop(const std::string& revision, int exit_code = 1) {
    Pod pod;
    pod.metadata = {.name = "crashing", .namespace_ = "ml"};
    pod.metadata.labels[labels::kRevision] = revision;
    ContainerStatus server;
    server.name = kServer;
    server.restart_count = 3;
    server.state.waiting = WaitingState{"CrashLoopBackOff", "back-off 40s"};
    server.last_state.terminated = TerminatedState{exit_code, "Error", "no module named digits", now_};
    pod.status.container_statuses = {server};
    pods_ = {std::make_shared<Pod>(pod)};
    return *this;
  }
  // Every ready pod's agent runs the routes that the status has now; agents of pods that went are gone.
  World& agents_follow() {
    agents_speak();
    for (wire::AgentReport& agent : agents_) agent.last.generation = service_.status.routes_generation;
    return *this;
  }
  // Every ready pod's agent is heard; it keeps the routes that it runs.
  World& agents_speak() {
    std::vector<wire::AgentReport> heard;
    for (const auto& [name, deployment] : deployments_)
      for (int i = 0; i < deployment.status.ready_replicas; ++i)
        heard.push_back(agent(deployment.metadata.labels.at(labels::kRevision), fmt::format("{}-{}", name, i)));
    agents_ = std::move(heard);
    return *this;
  }
  // They go on counting from where they are, once they are heard again.
  World& agents_silent() {
    for (const wire::AgentReport& agent : agents_) unheard_[agent.pod] = agent.last;
    agents_.clear();
    return *this;
  }
  World& users_leave(const std::string& revision, Duration idle) {
    for (wire::AgentReport& agent : agents_)
      if (agent.last.revision == revision) agent.last.idle_milliseconds = idle.count();
    return *this;
  }
  // Clients ask, and the stable agents share out what they get.
  World& traffic(int requests, int canary_errors = 0, int stable_errors = 0) {
    const auto& status = service_.status;
    if (!status.stable || !status.canary || agents_.empty()) return *this;
    for (wire::AgentReport& agent : agents_)
      if (agent.last.revision == status.stable->revision) {
        agent.last.served.requests += requests;
        agent.last.served.errors += stable_errors;
        send_on(agent.last, status.canary->revision, requests, canary_errors);
        return *this;
      }
    return *this;
  }
  // Another operator leads: what was in memory is lost, and agents have not called it yet.
  World& leader_dies() {
    sampler_ = {};
    return agents_silent();
  }
  World& revision_object_gone(const std::string& revision) {
    revisions_.erase("digits-" + revision);
    return *this;
  }
  World& deployment_gone(const std::string& revision) {
    deployments_.erase("digits-" + revision);
    applied_.erase("Deployment/digits-" + revision);
    return *this;
  }

  // Reconciling

  // Without what the cache does not decode.
  static std::shared_ptr<const Deployment> as_cached(const Deployment& deployment) {
    return std::make_shared<Deployment>(*schema::from_text<Deployment>(schema::to_json(deployment).dump()));
  }

  Observed seen() {
    Observed out;
    out.service = std::make_shared<InferenceService>(service_);
    out.versions = {versions_.begin(), versions_.end()};
    for (const auto& [name, each] : deployments_) out.deployments.push_back(as_cached(each));
    for (const auto& [name, each] : services_) out.services.push_back(std::make_shared<Service>(each));
    for (const auto& [name, each] : revisions_) out.revisions.push_back(std::make_shared<ControllerRevision>(each));
    out.pods = pods_;
    out.runtime = runtime_;
    out.agents = agents_;
    if (service_.status.rollout) out.samples = sampler_.take(agents_, now_, 2min);
    out.options = options_;
    out.now = now_;
    return out;
  }
  ServicePlan plan() { return decide(seen()); }
  World& reconcile() {
    if (!service_.status.rollout) sampler_ = {};
    return apply(plan());
  }
  World& reconcile(int times) {
    for (int i = 0; i < times; ++i) reconcile();
    return *this;
  }
  // A second of a healthy cluster: pods come, agents follow, a reconcile.
  World& second(int requests = 0, int canary_errors = 0) {
    later(1s).pods_come().agents_follow().traffic(requests, canary_errors);
    return reconcile();
  }
  // Seconds until `is_true`; -1 when it does not come true within `limit`.
  int seconds_until(const std::function<bool(const World&)>& is_true, int limit, int requests = 20,
                    int canary_errors = 0) {
    for (int i = 0; i <= limit; ++i) {
      if (is_true(*this)) return i;
      second(requests, canary_errors);
    }
    return -1;
  }
  // Whether a plan would change nothing, and what it would change.
  testing::AssertionResult at_rest() {
    const ServicePlan next = plan();
    for (const Child& each : next.applies)
      if (applied_[key(each.kind, each.key)] != each.object)
        return testing::AssertionFailure() << "applies " << key(each.kind, each.key) << " " << each.object.dump();
    if (!next.deletions.empty())
      return testing::AssertionFailure() << "deletes " << key(next.deletions[0].kind, next.deletions[0].key);
    if (!next.events.empty()) return testing::AssertionFailure() << "says " << next.events[0].note;
    if (const InferenceService after = with_status(next.status); after.status != service_.status)
      return testing::AssertionFailure() << nlohmann::json::diff(schema::to_json(service_), schema::to_json(after));
    return testing::AssertionSuccess();
  }

  // Questions

  const InferenceServiceStatus& status() const { return service_.status; }
  const InferenceService& service() const { return service_; }
  std::string hash(int number) const {
    for (const auto& version : versions_)
      if (version->status.version == number) return revision_hash(service_.spec, *version);
    return "no such version";
  }
  // "digits-1", or "digits-1 > digits-2 10% Stepping 0" while a rollout is in progress.
  std::string text() const {
    const auto& status = service_.status;
    std::string out = status.stable ? status.stable->model_version : "nothing";
    if (status.canary) out += fmt::format(" > {} {}%", status.canary->model_version, status.rollout->weight);
    if (!status.rollout) return out;
    out += fmt::format(" {}", schema::enum_name(status.rollout->phase));
    if (status.canary) out += fmt::format(" {}", status.rollout->current_step);
    return out;
  }
  // "Ready=False/Starting"
  std::string condition(std::string_view type) const {
    const Condition* found = find_condition(service_.status.conditions, type);
    return found ? fmt::format("{}/{}", schema::enum_name(found->status), found->reason) : "absent";
  }
  std::string message(std::string_view type) const {
    const Condition* found = find_condition(service_.status.conditions, type);
    return found ? found->message : "";
  }
  std::string outcome() const { return service_.status.last_outcome ? service_.status.last_outcome->result : "none"; }
  std::string why() const { return service_.status.last_outcome ? service_.status.last_outcome->message : ""; }
  std::vector<std::string> deployments() const { return names(deployments_); }
  std::vector<std::string> services() const { return names(services_); }
  std::vector<std::string> revisions() const { return names(revisions_); }
  const Deployment& deployment(const std::string& revision) const { return deployments_.at("digits-" + revision); }
  // Where clients of the service end up.
  std::string selected() const { return services_.at("digits").spec.selector.at(labels::kRevision); }
  const std::vector<std::string>& events() const { return events_; }
  int count(const std::string& event) const { return static_cast<int>(std::ranges::count(events_, event)); }
  // Rendered pods that were ever deployed: one a model load.
  int pods_made() const { return deployments_made_; }

 private:
  static std::string key(const Kind& kind, const Key& key) { return fmt::format("{}/{}", kind.kind, key.name); }

  template <class T>
  static std::vector<std::string> names(const std::map<std::string, T>& objects) {
    std::vector<std::string> out;
    for (const auto& [name, object] : objects) out.push_back(name);
    return out;
  }

  void set_ready(const std::string& name, int count) {
    Deployment& deployment = deployments_.at(name);
    deployment.status.replicas = deployment.status.ready_replicas = count;
    const std::string available = count > 0 ? "True" : "False";
    auto& conditions = deployment.status.conditions;
    if (conditions.empty() || conditions[0].status != available) conditions = {{"Available", available, "", "", now_}};
  }

  // As it was heard of before; a new one has read the mounted routes.
  wire::AgentReport agent(const std::string& revision, const std::string& pod) {
    wire::AgentReport report;
    report.pod = pod;
    report.pod_uid = "uid-" + pod;
    report.last.service = "digits";
    report.last.revision = revision;
    report.last.generation = service_.status.routes_generation;
    report.last.idle_milliseconds = Duration(1h).count();
    if (const auto known = unheard_.find(pod); known != unheard_.end()) report.last = known->second;
    const auto before = std::ranges::find(agents_, pod, &wire::AgentReport::pod);
    if (before != agents_.end()) report.last = before->last;
    report.heard = now_;
    return report;
  }

  static void send_on(wire::SyncRequest& agent, const std::string& revision, int requests, int errors) {
    auto& list = agent.forwarded;
    auto found = std::ranges::find(list, revision, &wire::ForwardedCounters::revision);
    if (found == list.end()) found = list.insert(list.end(), {revision});
    found->requests += requests;
    found->errors += errors;
  }

  // As the server keeps it: times have whole seconds.
  InferenceService with_status(const InferenceServiceStatus& status) const {
    InferenceService after = service_;
    after.status = status;
    return *schema::from_json<InferenceService>(schema::to_json(after));
  }

  void keep(const Child& each) {
    applied_[key(each.kind, each.key)] = each.object;
    if (each.kind == kind_of(Type<Deployment>{})) {
      Deployment deployment = *schema::from_json<Deployment>(each.object);
      const auto [present, is_new] = deployments_.try_emplace(each.key.name);
      if (is_new) ++deployments_made_;
      if (!is_new) {
        EXPECT_EQ(present->second.spec.template_, deployment.spec.template_) << "restarts " << each.key.name;
      }
      deployment.status = present->second.status;
      present->second = deployment;
    } else if (each.kind == kind_of(Type<Service>{})) {
      services_[each.key.name] = *schema::from_json<Service>(each.object);
    } else if (each.kind == kind_of(Type<ControllerRevision>{})) {
      ControllerRevision revision = *schema::from_json<ControllerRevision>(each.object);
      const auto [present, is_new] = revisions_.try_emplace(each.key.name, revision);
      EXPECT_EQ(present->second.data, revision.data) << "a ControllerRevision never changes";
    }
  }

  World& apply(const ServicePlan& plan) {
    for (const Child& each : plan.applies) keep(each);
    for (const Deletion& each : plan.deletions) {
      applied_.erase(key(each.kind, each.key));
      if (each.kind == kind_of(Type<Deployment>{})) deployments_.erase(each.key.name);
      if (each.kind == kind_of(Type<Service>{})) services_.erase(each.key.name);
      if (each.kind == kind_of(Type<ControllerRevision>{})) revisions_.erase(each.key.name);
    }
    service_ = with_status(plan.status);
    for (const EventNote& event : plan.events) events_.push_back(event.reason);
    return *this;
  }

  InferenceService service_;
  std::vector<std::shared_ptr<ModelVersion>> versions_;
  std::map<std::string, Deployment> deployments_;
  std::map<std::string, Service> services_;
  std::map<std::string, ControllerRevision> revisions_;
  std::map<std::string, nlohmann::json> applied_;
  std::vector<std::shared_ptr<const Pod>> pods_;
  std::vector<wire::AgentReport> agents_;
  std::map<std::string, wire::SyncRequest> unheard_;  // By pod name.
  std::optional<std::string> runtime_;
  Sampler sampler_;
  Options options_{"agent:1", "worker:1", "https://gyre-collector.gyre.svc:9444", "gyre"};
  std::vector<std::string> events_;
  int deployments_made_ = 0;
  Time now_;
};

// Version 1 is served, and nothing else is to be done.
inline World serving(int pods = 1) {
  World world;
  world.replicas(pods).version(1).second().second().second();
  return world;
}

}  // namespace gyre::inference_service
