#include "controllers/inference_service/resources.h"

#include <nlohmann/json.hpp>

#include "controllers/inference_service/names.h"
#include "crds/schema/codec.h"

namespace gyre::inference_service {
namespace {

using nlohmann::json;

ObjectMeta meta_of(const InferenceService& service, std::string name) {
  ObjectMeta meta = child_of(service, std::move(name));
  meta.labels[labels::kService] = child_name(service.metadata.name, "");
  return meta;
}

std::map<std::string, std::string> selector_of(const InferenceService& service, const std::string& revision) {
  return {{labels::kService, child_name(service.metadata.name, "")}, {labels::kRevision, revision}};
}

Service make_service(const InferenceService& service, std::string name, const std::string& revision) {
  Service out;
  out.metadata = meta_of(service, std::move(name));
  out.spec.selector = selector_of(service, revision);
  out.spec.ports = {{"http", 80, json(ports::kAgentInference)}};
  return out;
}

}  // namespace

Deployment make_deployment(const InferenceService& service, const Revision& revision, int replicas) {
  Deployment out;
  out.metadata = meta_of(service, revision_object_name(service.metadata.name, revision.hash));
  out.metadata.labels[labels::kRevision] = revision.hash;
  out.spec.replicas = replicas;
  out.spec.revision_history_limit = 0;
  out.spec.selector.match_labels = selector_of(service, revision.hash);
  out.spec.template_ = revision.pod;
  return out;
}

Service make_revision_service(const InferenceService& service, const std::string& revision) {
  Service out = make_service(service, revision_object_name(service.metadata.name, revision), revision);
  out.metadata.labels[labels::kRevision] = revision;
  return out;
}

Service make_stable_service(const InferenceService& service, const std::string& stable) {
  return make_service(service, service.metadata.name, stable);
}

wire::Routes make_routes(const InferenceService& service) {
  const InferenceServiceStatus& status = service.status;
  const auto target = [&](const std::string& revision) {
    return wire::RouteTarget{revision, revision_host(service, revision)};
  };
  wire::Routes routes;
  routes.generation = status.routes_generation;
  routes.stable = target(status.stable->revision);
  // A canary that is still starting gets nothing, and is in the routes so that it knows that it is one.
  if (status.canary && status.rollout) {
    routes.canary = target(status.canary->revision);
    routes.weight = status.rollout->weight;
  }
  return routes;
}

ConfigMap make_routes_map(const InferenceService& service) {
  ConfigMap out;
  out.metadata = meta_of(service, routes_name(service.metadata.name));
  out.metadata.labels[labels::kRole] = "routes";
  out.data[wire::kRoutesKey] = schema::to_json(make_routes(service)).dump();
  return out;
}

}  // namespace gyre::inference_service
