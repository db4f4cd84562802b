#include "controllers/common/pod_parts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/names.h"
#include "dataplane/wire/worker.h"

namespace gyre {

using nlohmann::json;

std::string claim_of(const std::string& uri) {
  constexpr std::string_view scheme = "pvc://";
  const std::string rest = uri.substr(std::min(uri.size(), scheme.size()));
  return rest.substr(0, rest.find('/'));
}

std::string claim_mount(const std::string& claim) { return std::string(wire::kClaimMounts) + "/" + claim; }

json make_worker(const std::string& name, const std::string& image, const std::vector<std::string>& arguments) {
  return {{"name", name},
          {"image", image},
          {"command", json::array({"/usr/local/bin/gyre-worker"})},
          {"args", arguments},
          {"resources", {{"requests", {{"cpu", "50m"}, {"memory", "64Mi"}}}, {"limits", {{"memory", "1Gi"}}}}}};
}

json restricted_container() {
  return {{"allowPrivilegeEscalation", false},
          {"readOnlyRootFilesystem", true},
          {"capabilities", {{"drop", json::array({"ALL"})}}}};
}

json restricted_container_of_user_pod() {
  json out = restricted_container();
  out["runAsNonRoot"] = true;
  out["seccompProfile"] = {{"type", "RuntimeDefault"}};
  return out;
}

json make_worker_pod(json container, json volumes) {
  container["securityContext"] = restricted_container();
  return {{"restartPolicy", "Never"},
          {"automountServiceAccountToken", false},
          {"enableServiceLinks", false},
          {"securityContext",
           {{"runAsNonRoot", true},
            {"runAsUser", kWorkerUser},
            {"runAsGroup", kWorkerUser},
            {"fsGroup", kWorkerUser},
            // The files are already there; walking a large volume at each mount would take longer than reading it.
            {"fsGroupChangePolicy", "OnRootMismatch"},
            {"seccompProfile", {{"type", "RuntimeDefault"}}}}},
          {"containers", json::array({std::move(container)})},
          {"volumes", std::move(volumes)}};
}

json make_token_volume(const std::string& name) {
  const json token = {
      {"serviceAccountToken", {{"audience", kTokenAudience}, {"expirationSeconds", 3600}, {"path", "token"}}}};
  return {{"name", name}, {"projected", {{"sources", json::array({token})}}}};
}

json make_ca_volume(const std::string& name) { return {{"name", name}, {"configMap", {{"name", kCaConfigMap}}}}; }

}  // namespace gyre
