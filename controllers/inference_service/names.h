#pragma once

#include <string>

#include "controllers/common/names.h"
#include "crds/v1alpha1/inference_service.h"

namespace gyre::inference_service {

inline constexpr char kServer[] = "server";     // The model server's container, ours or the user's.
inline constexpr char kFetch[] = "gyre-fetch";  // Init container that brings the verified artifact.
inline constexpr char kAgent[] = "gyre-agent";  // Native sidecar that clients talk to.

inline constexpr char kModelMount[] = "/gyre/model";

// Conditions of an InferenceService.
inline constexpr char kReady[] = "Ready";
inline constexpr char kProgressing[] = "Progressing";
inline constexpr char kDegraded[] = "Degraded";
inline constexpr char kStalled[] = "Stalled";

// ConfigMap in the operator's namespace: one runtime an entry, each a pod template in YAML.
inline constexpr char kCatalogue[] = "gyre-runtimes";

// ControllerRevision, Deployment and Service of a revision.
inline std::string revision_object_name(const std::string& service, const std::string& revision) {
  return child_name(service, revision);
}

inline std::string routes_name(const std::string& service) { return child_name(service, "routes"); }

inline std::string revision_host(const InferenceService& service, const std::string& revision) {
  return revision_object_name(service.metadata.name, revision) + "." + service.metadata.namespace_ + ".svc:80";
}

}  // namespace gyre::inference_service
