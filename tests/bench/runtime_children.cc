#include "tests/bench/runtime_children.h"

#include <nlohmann/json.hpp>

#include "controllers/common/names.h"
#include "crds/builtin/config_map.h"
#include "crds/builtin/deployment.h"
#include "crds/builtin/service.h"
#include "operator/base/digest.h"

namespace gyre::bench {
namespace {

using nlohmann::json;

ObjectMeta meta_of(const InferenceService& service, std::string name) {
  ObjectMeta meta = child_of(service, std::move(name));
  meta.labels[labels::kService] = service.metadata.name;
  meta.labels[labels::kRevision] = revision_of(service);
  return meta;
}

std::map<std::string, std::string> selector_of(const InferenceService& service) {
  return {{labels::kService, service.metadata.name}, {labels::kRevision, revision_of(service)}};
}

ControllerRevision make_revision(const InferenceService& service, const json& pod) {
  ControllerRevision out;
  out.metadata = meta_of(service, deployment_name(service));
  out.revision = 1;
  out.data = {{"model", service.spec.model.name}, {"digest", service.spec.model.digest}, {"template", pod}};
  return out;
}

Deployment make_deployment(const InferenceService& service, json pod) {
  Deployment out;
  out.metadata = meta_of(service, deployment_name(service));
  out.spec.replicas = service.spec.predictor.min_replicas;
  out.spec.revision_history_limit = 0;
  out.spec.selector.match_labels = selector_of(service);
  out.spec.template_ = std::move(pod);
  return out;
}

// Without an address: to find a free one, an API server looks at all that are taken, which soon is all it does.
Service make_service(const InferenceService& service, std::string name) {
  Service out;
  out.metadata = meta_of(service, std::move(name));
  out.spec.cluster_ip = "None";
  out.spec.selector = selector_of(service);
  out.spec.ports = {{"http", 80, json(ports::kAgentInference)}};
  return out;
}

ConfigMap make_routes(const InferenceService& service) {
  ConfigMap out;
  out.metadata = meta_of(service, child_name(service.metadata.name, "routes"));
  const std::string host = deployment_name(service) + "." + service.metadata.namespace_ + ".svc:80";
  out.data["routes.json"] = json{{"stable", {{"host", host}, {"revision", revision_of(service)}}},
                                 {"timeoutSeconds", service.spec.predictor.timeout_seconds},
                                 {"weight", 0}}
                                .dump();
  return out;
}

}  // namespace

std::string revision_of(const InferenceService& service) {
  return hash8(service.spec.model.name + "@" + service.spec.model.digest);
}

std::string deployment_name(const InferenceService& service) {
  return child_name(service.metadata.name, revision_of(service));
}

std::vector<Child> make_children(const InferenceService& service) {
  json pod = render_pod(service);
  std::vector<Child> children;
  children.push_back(child(make_revision(service, pod)));
  children.push_back(child(make_deployment(service, std::move(pod))));
  children.push_back(child(make_service(service, deployment_name(service))));
  children.push_back(child(make_service(service, service.metadata.name)));
  children.push_back(child(make_routes(service)));
  return children;
}

}  // namespace gyre::bench
