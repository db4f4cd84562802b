#include "controllers/training_job/resources.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "controllers/common/pod_parts.h"
#include "controllers/training_job/environment.h"
#include "controllers/training_job/names.h"
#include "controllers/training_job/pod_template.h"

namespace gyre::training_job {
namespace {

using nlohmann::json;

// What the sidecar may take to hash and copy the output once the trainer has ended: the kubelet gives it the pod's
// grace, which is 30 seconds unless somebody says otherwise.
constexpr int kPublishGraceSeconds = 120;

std::set<std::string> claims_of(const TrainingJobSpec& spec) {
  std::set<std::string> claims;
  for (const Dataset& dataset : spec.datasets) claims.insert(claim_of(dataset.uri));
  if (spec.output) claims.insert(claim_of(spec.output->uri));
  return claims;
}

// A claim's name may have dots, a volume's may not.
std::string claim_volume(const TrainingJobSpec& spec, const std::string& claim) {
  const std::set<std::string> claims = claims_of(spec);
  return fmt::format("gyre-claim-{}", std::distance(claims.begin(), claims.find(claim)));
}

json make_volumes(const TrainingJobSpec& spec) {
  json out = json::array();
  for (const std::string& claim : claims_of(spec))
    out.push_back({{"name", claim_volume(spec, claim)}, {"persistentVolumeClaim", {{"claimName", claim}}}});
  for (const Dataset& dataset : spec.datasets)
    out.push_back({{"name", dataset_volume(dataset)}, {"emptyDir", json::object()}});
  if (spec.output) out.push_back({{"name", "gyre-output"}, {"emptyDir", json::object()}});
  if (!out.empty()) out.push_back({{"name", "gyre-tmp"}, {"emptyDir", json::object()}});
  if (!needs_shared_memory(spec)) return out;

  json memory = {{"medium", "Memory"}};
  if (spec.shared_memory) {
    memory["sizeLimit"] = spec.shared_memory->size_limit;
  } else if (const auto limit = memory_limit(spec)) {
    memory["sizeLimit"] = std::to_string(*limit / 2);  // The other half is for the training itself.
  }
  out.push_back({{"name", "gyre-shm"}, {"emptyDir", std::move(memory)}});
  return out;
}

json trainer_mounts(const TrainingJobSpec& spec) {
  json out = json::array();
  for (const Dataset& dataset : spec.datasets)
    out.push_back({{"name", dataset_volume(dataset)},
                   {"mountPath", fmt::format("{}/{}", kDatasetsFolder, dataset.name)},
                   {"readOnly", true}});
  if (spec.output) out.push_back({{"name", "gyre-output"}, {"mountPath", kOutputFolder}});
  if (needs_shared_memory(spec)) out.push_back({{"name", "gyre-shm"}, {"mountPath", "/dev/shm"}});
  return out;
}

// Restricted, whatever the user's own pod is; a pod that runs as root does not make us root.
json security_context(const TrainingJobSpec& spec) {
  json out = restricted_container_of_user_pod();
  const json& user = member(member(pod_spec(spec), "securityContext"), "runAsUser");
  if (!user.is_number_integer() || user == 0) out["runAsUser"] = kWorkerUser;
  return out;
}

json worker(const TrainingJobSpec& spec, const Options& options, const std::string& name,
            const std::vector<std::string>& arguments) {
  json out = make_worker(name, options.worker_image, arguments);
  out["securityContext"] = security_context(spec);
  return out;
}

json make_fetch(const TrainingJobSpec& spec, const Dataset& dataset, const Options& options) {
  const std::string folder = fmt::format("{}/{}", kDatasetsFolder, dataset.name);
  std::vector<std::string> arguments = {"fetch", "--as", "dataset", "--uri", dataset.uri, "--to", folder};
  if (!dataset.digest.empty()) arguments.insert(arguments.end(), {"--digest", dataset.digest});
  const std::string claim = claim_of(dataset.uri);
  json out = worker(spec, options, fetch_name(dataset), std::move(arguments));
  out["volumeMounts"] =
      json::array({{{"name", claim_volume(spec, claim)}, {"mountPath", claim_mount(claim)}, {"readOnly", true}},
                   {{"name", dataset_volume(dataset)}, {"mountPath", folder}},
                   {{"name", "gyre-tmp"}, {"mountPath", "/tmp"}}});
  return out;
}

// A native sidecar: it is told to end when the trainer has ended, and publishes then. All pods of the Job have it,
// and only the one with index 0 acts.
json make_publish(const TrainingJob& job, int attempt, const Options& options) {
  const std::string claim = claim_of(job.spec.output->uri);
  json out = worker(job.spec, options, kPublish,
                    {"publish", "--from", kOutputFolder, "--to-uri", attempt_uri(job, attempt), "--index",
                     "$(JOB_COMPLETION_INDEX)"});
  out["restartPolicy"] = "Always";
  out["env"] = json::array({index_variable("JOB_COMPLETION_INDEX")});
  out["volumeMounts"] = json::array({{{"name", claim_volume(job.spec, claim)}, {"mountPath", claim_mount(claim)}},
                                     {{"name", "gyre-output"}, {"mountPath", kOutputFolder}},
                                     {{"name", "gyre-tmp"}, {"mountPath", "/tmp"}}});
  return out;
}

json joined(json first, const json& second) {
  for (const json& each : second) first.push_back(each);
  return first;
}

json make_init_containers(const TrainingJob& job, int attempt, const Options& options) {
  json out = json::array();
  for (const Dataset& dataset : job.spec.datasets) out.push_back(make_fetch(job.spec, dataset, options));
  out = joined(std::move(out), member(pod_spec(job.spec), "initContainers"));
  if (job.spec.output) out.push_back(make_publish(job, attempt, options));
  return out;
}

void set_where_unset(json& object, const char* name, json value) {
  if (!object.contains(name)) object[name] = std::move(value);
}

void add_to_trainer(json& pod, const TrainingJob& job, int attempt) {
  for (json& container : pod["containers"]) {
    if (member(container, "name") != kTrainer) continue;
    container["env"] = joined(make_environment(job, attempt), member(container, "env"));
    json mounts = joined(trainer_mounts(job.spec), member(container, "volumeMounts"));
    if (!mounts.empty()) container["volumeMounts"] = std::move(mounts);
  }
}

// The user's template with our additions; whatever else it says is kept.
json make_template(const TrainingJob& job, int attempt, const Options& options,
                   const std::map<std::string, std::string>& pod_labels) {
  json out = job.spec.template_;
  for (const auto& [label, value] : pod_labels) out["metadata"]["labels"][label] = value;
  set_where_unset(out["metadata"]["labels"], "sidecar.istio.io/inject", "false");

  json& pod = out["spec"];
  pod["restartPolicy"] = "Never";
  if (needs_service(job.spec)) pod["subdomain"] = service_name(job);
  if (job.spec.output) set_where_unset(pod, "terminationGracePeriodSeconds", kPublishGraceSeconds);
  add_to_trainer(pod, job, attempt);
  json volumes = joined(make_volumes(job.spec), member(pod, "volumes"));
  if (!volumes.empty()) pod["volumes"] = std::move(volumes);
  json init = make_init_containers(job, attempt, options);
  if (!init.empty()) pod["initContainers"] = std::move(init);
  // The trainer and our containers may run as different users; the group lets them share folders.
  if (job.spec.output || !job.spec.datasets.empty()) {
    set_where_unset(pod["securityContext"], "fsGroup", kWorkerUser);
    // Walking a large volume at each mount would take longer than reading it.
    set_where_unset(pod["securityContext"], "fsGroupChangePolicy", "OnRootMismatch");
  }
  return out;
}

// The first rule that matches a failed pod ends the Job and is named in its condition, which outlives the pod.
json make_failure_policy() {
  const json disrupted = {{"action", "FailJob"},
                          {"onPodConditions", json::array({{{"type", "DisruptionTarget"}, {"status", "True"}}})}};
  // Named, because a rule for any container would also match the sidecar's 143.
  const json failed = {
      {"action", "FailJob"},
      {"onExitCodes", {{"containerName", kTrainer}, {"operator", "NotIn"}, {"values", json::array({0})}}}};
  return {{"rules", json::array({disrupted, failed})}};
}

std::map<std::string, std::string> make_labels(const TrainingJob& job, int attempt) {
  std::map<std::string, std::string> out = {{labels::kManagedBy, labels::kManagedByGyre},
                                            {labels::kTrainingJob, service_name(job)},
                                            {labels::kAttempt, std::to_string(attempt)}};
  for (const char* label : {labels::kExperiment, labels::kTrial, labels::kTrigger, labels::kMonitor})
    if (const auto found = job.metadata.labels.find(label); found != job.metadata.labels.end()) out.insert(*found);
  return out;
}

}  // namespace

JobSpec attempt_numbers(const TrainingJob& training) {
  JobSpec spec;
  spec.completions = spec.parallelism = training.spec.num_nodes;
  spec.backoff_limit = 0;  // A retry is a new Job, so each attempt keeps its own pods and logs.
  return spec;
}

Job make_attempt(const TrainingJob& training, int attempt, const Options& options) {
  Job job;
  job.metadata = child_of(training, attempt_name(training, attempt));
  job.metadata.labels = make_labels(training, attempt);
  job.spec = attempt_numbers(training);
  job.spec.completion_mode = "Indexed";
  job.spec.pod_replacement_policy = "Failed";
  job.spec.pod_failure_policy = make_failure_policy();
  job.spec.template_ = make_template(training, attempt, options, job.metadata.labels);
  return job;
}

Service make_service(const TrainingJob& job) {
  Service service;
  service.metadata = child_of(job, service_name(job));
  service.metadata.labels[labels::kTrainingJob] = service_name(job);
  service.spec.cluster_ip = "None";
  service.spec.selector = {{labels::kTrainingJob, service_name(job)}};
  service.spec.ports = {{"rendezvous", kRendezvousPort, kRendezvousPort}};
  // Workers look for the first pod before any of them is ready.
  service.spec.publish_not_ready_addresses = true;
  return service;
}

}  // namespace gyre::training_job
