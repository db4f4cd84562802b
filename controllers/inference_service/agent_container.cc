#include "controllers/inference_service/agent_container.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controllers/common/pod_parts.h"
#include "controllers/inference_service/names.h"
#include "dataplane/wire/routes.h"

namespace gyre::inference_service {
namespace {

using nlohmann::json;

json variable(const char* name, const std::string& value) { return {{"name", name}, {"value", value}}; }

json environment(const InferenceService& service, const ModelVersion& version, const std::string& revision,
                 const Options& options) {
  const InferenceServiceSpec& spec = service.spec;
  json out =
      json::array({variable("GYRE_NAMESPACE", service.metadata.namespace_),
                   variable("GYRE_SERVICE", service.metadata.name), variable("GYRE_REVISION", revision),
                   variable("GYRE_MODEL", spec.model.name), variable("GYRE_MODEL_VERSION", version.metadata.name),
                   variable("GYRE_PROTOCOL", schema::enum_name(spec.protocol)),
                   variable("GYRE_UPSTREAM", fmt::format("127.0.0.1:{}", ports::kModelServer)),
                   variable("GYRE_LISTEN", fmt::format("0.0.0.0:{}", ports::kAgentInference)),
                   variable("GYRE_METRICS_LISTEN", fmt::format("0.0.0.0:{}", ports::kAgentMetrics)),
                   variable("GYRE_COLLECTOR", options.collector), variable("GYRE_CA", "/gyre/ca/ca.crt"),
                   variable("GYRE_TOKEN", "/gyre/token/token"),
                   variable("GYRE_ROUTES", fmt::format("/gyre/routes/{}", wire::kRoutesKey)),
                   variable("GYRE_BASELINE", fmt::format("{}/.gyre/baseline.json", kModelMount)),
                   variable("GYRE_BUCKETS", "/gyre/buckets"),
                   variable("GYRE_TIMEOUT_SECONDS", std::to_string(spec.predictor.timeout_seconds))});
  if (version.spec.baseline_profile)
    out.push_back(variable("GYRE_BASELINE_DIGEST", version.spec.baseline_profile->digest));
  if (spec.custom) out.push_back(variable("GYRE_CUSTOM", schema::to_json(*spec.custom).dump()));
  return out;
}

json mount(const char* volume, const char* path) { return {{"name", volume}, {"mountPath", path}, {"readOnly", true}}; }

json probe(const char* path, int period, int failures) {
  return {{"httpGet", {{"path", path}, {"port", ports::kAgentInference}}},
          {"periodSeconds", period},
          {"timeoutSeconds", 3},
          {"failureThreshold", failures}};
}

}  // namespace

json restricted_context() {
  json out = restricted_container_of_user_pod();
  out["runAsUser"] = kWorkerUser;
  return out;
}

json make_agent(const InferenceService& service, const ModelVersion& version, const std::string& revision,
                const Options& options) {
  return {{"name", kAgent},
          {"image", options.agent_image},
          {"command", json::array({"/usr/local/bin/gyre-agent"})},
          {"restartPolicy", "Always"},
          {"env", environment(service, version, revision, options)},
          {"ports", json::array({{{"name", "inference"}, {"containerPort", ports::kAgentInference}},
                                 {{"name", "agent-metrics"}, {"containerPort", ports::kAgentMetrics}}})},
          {"readinessProbe", probe("/gyre/readyz", 2, 2)},
          {"livenessProbe", probe("/gyre/healthz", 10, 6)},
          {"volumeMounts", json::array({mount("gyre-model", kModelMount),
                                        mount("gyre-routes", "/gyre/routes"),
                                        mount("gyre-ca", "/gyre/ca"),
                                        mount("gyre-token", "/gyre/token"),
                                        {{"name", "gyre-buckets"}, {"mountPath", "/gyre/buckets"}}})},
          {"resources", {{"requests", {{"cpu", "20m"}, {"memory", "32Mi"}}}, {"limits", {{"memory", "256Mi"}}}}},
          {"securityContext", restricted_context()}};
}

}  // namespace gyre::inference_service
