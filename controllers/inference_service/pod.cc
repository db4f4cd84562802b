#include "controllers/inference_service/pod.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controllers/common/pod_parts.h"
#include "controllers/inference_service/agent_container.h"
#include "controllers/inference_service/names.h"

namespace gyre::inference_service {
namespace {

using nlohmann::json;

// How long a server goes on after its pod was told to end, so that proxies hear of it first.
constexpr int kServerSleepSeconds = 5;
// Beyond the longest request: for the server's sleep, and for the agent to hand over what it has counted.
constexpr int kGraceBeyondRequests = 20;

bool has_name(const json& container, std::string_view name) {
  const auto found = container.find("name");
  return found != container.end() && found->is_string() && found->get<std::string>() == name;
}

json* find_server(json& pod) {
  for (json& container : pod["spec"]["containers"])
    if (has_name(container, kServer)) return &container;
  return nullptr;
}

void set_default(json& object, const char* name, json value) {
  if (!object.contains(name)) object[name] = std::move(value);
}

json make_fetch(const ModelVersion& version, const Options& options) {
  const Artifact& artifact = version.spec.artifact;
  json out = make_worker(
      kFetch, options.worker_image,
      {"fetch", "--as", "model", "--uri", artifact.uri, "--digest", artifact.manifest_digest, "--to", kModelMount});
  out["volumeMounts"] = json::array(
      {{{"name", "gyre-model"}, {"mountPath", kModelMount}},
       {{"name", "gyre-artifact"}, {"mountPath", claim_mount(claim_of(artifact.uri))}, {"readOnly", true}}});
  out["securityContext"] = restricted_context();
  return out;
}

json make_volumes(const InferenceService& service, const ModelVersion& version) {
  return json::array(
      {{{"name", "gyre-model"}, {"emptyDir", json::object()}},
       {{"name", "gyre-buckets"}, {"emptyDir", json::object()}},
       {{"name", "gyre-artifact"}, {"persistentVolumeClaim", {{"claimName", claim_of(version.spec.artifact.uri)}}}},
       {{"name", "gyre-routes"}, {"configMap", {{"name", routes_name(service.metadata.name)}}}},
       make_ca_volume("gyre-ca"),
       make_token_volume("gyre-token")});
}

void add_to_server(json& server, const ModelVersion& version) {
  set_default(server, "env", json::array());
  server["env"].push_back({{"name", "GYRE_MODEL_DIR"}, {"value", kModelMount}});
  server["env"].push_back({{"name", "GYRE_MODEL"}, {"value", version.spec.model}});
  set_default(server, "volumeMounts", json::array());
  server["volumeMounts"].push_back({{"name", "gyre-model"}, {"mountPath", kModelMount}, {"readOnly", true}});
  server["lifecycle"]["preStop"] = {{"sleep", {{"seconds", kServerSleepSeconds}}}};
}

void add_labels(json& pod, const InferenceService& service, const ModelVersion& version, const std::string& revision) {
  json& labels = pod["metadata"]["labels"];
  labels[labels::kManagedBy] = labels::kManagedByGyre;
  labels[labels::kService] = child_name(service.metadata.name, "");
  labels[labels::kRevision] = revision;
  labels[labels::kModelVersion] = child_name(version.metadata.name, "");
}

template <class Items>
void append(json& array, Items&& items) {
  for (auto&& item : items) array.push_back(item);
}

bool is_list_of_objects(const json& value) {
  if (!value.is_array()) return false;
  for (const json& item : value)
    if (!item.is_object()) return false;
  return true;
}

// Fields that we add to must be what Kubernetes says they are, or adding to them would break.
std::vector<schema::FieldError> check_server(const json& server, const std::string& path) {
  std::vector<schema::FieldError> errors;
  for (const char* name : {"env", "volumeMounts"})
    if (server.contains(name) && !is_list_of_objects(server[name]))
      errors.push_back({path + "." + name, "must be a list of objects"});
  const auto lifecycle = server.find("lifecycle");
  if (lifecycle == server.end()) return errors;
  if (!lifecycle->is_object())
    errors.push_back({path + ".lifecycle", "must be an object"});
  else if (lifecycle->contains("preStop"))
    errors.push_back({path + ".lifecycle.preStop",
                      "leave it out: Gyre sets preStop.sleep, so that no request is lost when a pod ends"});
  return errors;
}

}  // namespace

std::vector<schema::FieldError> check_template(const json& pod) {
  const auto spec = pod.is_object() ? pod.find("spec") : pod.end();
  if (!pod.is_object() || spec == pod.end() || !spec->is_object())
    return {{"spec", "is required: a pod's spec with a container named \"server\""}};
  std::vector<schema::FieldError> errors;
  if (const json restart = spec->value("restartPolicy", json("Always")); !restart.is_null() && restart != "Always")
    errors.push_back({"spec.restartPolicy", "must be Always, or left out: a server that ends is started again"});
  for (const char* name : {"volumes", "initContainers"})
    if (spec->contains(name) && !is_list_of_objects((*spec)[name]))
      errors.push_back({std::string("spec.") + name, "must be a list of objects"});
  const auto metadata = pod.find("metadata");
  if (metadata != pod.end() && (!metadata->is_object() || !metadata->value("labels", json::object()).is_object()))
    errors.push_back({"metadata.labels", "must be an object of strings"});
  if (!spec->contains("containers") || !is_list_of_objects((*spec)["containers"])) {
    errors.push_back({"spec.containers", "needs a container named \"server\" that listens on port 8000"});
    return errors;
  }
  const json& containers = (*spec)["containers"];
  for (std::size_t i = 0; i < containers.size(); ++i) {
    if (!has_name(containers[i], kServer)) continue;
    for (auto& error : check_server(containers[i], fmt::format("spec.containers[{}]", i))) errors.push_back(error);
    return errors;
  }
  errors.push_back({"spec.containers", "needs a container named \"server\" that listens on port 8000"});
  return errors;
}

void set_resources(json& pod, const json& resources) {
  if (!check_template(pod).empty()) return;
  if (json* server = find_server(pod)) (*server)["resources"] = resources;
}

Result<json> render_pod(const InferenceService& service, const ModelVersion& version, const std::string& revision,
                        json pod, const Options& options) {
  if (const auto errors = check_template(pod); !errors.empty())
    return fail(Code::kInvalid, "InvalidTemplate",
                fmt::format("spec.predictor.template.{}: {}", errors[0].path, errors[0].message));
  add_labels(pod, service, version, revision);
  json& spec = pod["spec"];
  add_to_server(*find_server(pod), version);
  json init = json::array({make_fetch(version, options), make_agent(service, version, revision, options)});
  if (spec.contains("initContainers")) append(init, spec["initContainers"]);
  spec["initContainers"] = std::move(init);
  set_default(spec, "volumes", json::array());
  append(spec["volumes"], make_volumes(service, version));
  set_default(spec, "automountServiceAccountToken", false);
  set_default(spec, "enableServiceLinks", false);
  set_default(spec, "terminationGracePeriodSeconds", service.spec.predictor.timeout_seconds + kGraceBeyondRequests);
  return pod;
}

}  // namespace gyre::inference_service
