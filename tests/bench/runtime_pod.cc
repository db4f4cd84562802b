#include <nlohmann/json.hpp>

#include "controllers/common/names.h"
#include "tests/bench/runtime_children.h"

namespace gyre::bench {
namespace {

using nlohmann::json;

json variable(const char* name, std::string value) { return {{"name", name}, {"value", std::move(value)}}; }

json mount(const char* volume, const char* path) { return {{"name", volume}, {"mountPath", path}, {"readOnly", true}}; }

json probe(const char* path, int period, int failures) {
  return {{"httpGet", {{"path", path}, {"port", ports::kAgentInference}}},
          {"periodSeconds", period},
          {"timeoutSeconds", 3},
          {"failureThreshold", failures}};
}

json environment(const InferenceService& service) {
  return {variable("GYRE_NAMESPACE", service.metadata.namespace_),
          variable("GYRE_SERVICE", service.metadata.name),
          variable("GYRE_REVISION", revision_of(service)),
          variable("GYRE_MODEL", service.spec.model.name),
          variable("GYRE_UPSTREAM", "127.0.0.1:8000"),
          variable("GYRE_LISTEN", "0.0.0.0:8080"),
          variable("GYRE_METRICS_LISTEN", "0.0.0.0:9095"),
          variable("GYRE_COLLECTOR", "https://gyre-collector.gyre-system.svc:9444"),
          variable("GYRE_CA", "/gyre/ca/ca.crt"),
          variable("GYRE_TOKEN", "/gyre/token/token"),
          variable("GYRE_ROUTES", "/gyre/routes/routes.json"),
          variable("GYRE_BUCKETS", "/gyre/buckets")};
}

json make_agent(const InferenceService& service) {
  return {{"name", "gyre-agent"},
          {"image", "registry.example.com/gyre/agent:1.0.0"},
          {"command", json::array({"/usr/local/bin/gyre-agent"})},
          {"env", environment(service)},
          {"ports", json::array({{{"name", "inference"}, {"containerPort", ports::kAgentInference}},
                                 {{"name", "agent-metrics"}, {"containerPort", ports::kAgentMetrics}}})},
          {"readinessProbe", probe("/gyre/readyz", 2, 2)},
          {"livenessProbe", probe("/gyre/healthz", 10, 6)},
          {"volumeMounts", json::array({mount("gyre-routes", "/gyre/routes"),
                                        mount("gyre-ca", "/gyre/ca"),
                                        mount("gyre-token", "/gyre/token"),
                                        {{"name", "gyre-buckets"}, {"mountPath", "/gyre/buckets"}}})},
          {"resources", {{"requests", {{"cpu", "20m"}, {"memory", "32Mi"}}}, {"limits", {{"memory", "256Mi"}}}}},
          {"securityContext",
           {{"allowPrivilegeEscalation", false},
            {"readOnlyRootFilesystem", true},
            {"runAsNonRoot", true},
            {"runAsUser", 65532},
            {"capabilities", {{"drop", json::array({"ALL"})}}},
            {"seccompProfile", {{"type", "RuntimeDefault"}}}}}};
}

json make_volumes(const InferenceService& service) {
  const json token = {{"audience", kTokenAudience}, {"expirationSeconds", 3600}, {"path", "token"}};
  return json::array(
      {{{"name", "gyre-buckets"}, {"emptyDir", json::object()}},
       {{"name", "gyre-routes"}, {"configMap", {{"name", child_name(service.metadata.name, "routes")}}}},
       {{"name", "gyre-ca"}, {"configMap", {{"name", kCaConfigMap}}}},
       {{"name", "gyre-token"}, {"projected", {{"sources", json::array({{{"serviceAccountToken", token}}})}}}}});
}

}  // namespace

json render_pod(const InferenceService& service) {
  json pod = service.spec.predictor.template_;
  json& labels = pod["metadata"]["labels"];
  labels[labels::kManagedBy] = labels::kManagedByGyre;
  labels[labels::kService] = service.metadata.name;
  labels[labels::kRevision] = revision_of(service);
  json& spec = pod["spec"];
  spec["containers"].push_back(make_agent(service));
  for (json& volume : make_volumes(service)) spec["volumes"].push_back(std::move(volume));
  spec["automountServiceAccountToken"] = false;
  spec["enableServiceLinks"] = false;
  spec["terminationGracePeriodSeconds"] = 80;
  return pod;
}

}  // namespace gyre::bench
