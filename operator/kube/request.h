#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crds/meta/kind.h"
#include "operator/base/clock.h"

namespace gyre::kube {

enum class Method { kGet, kPost, kPut, kPatch, kDelete };

std::string_view to_string(Method method);

inline constexpr std::string_view kJson = "application/json";
// Built-in kinds are smaller in it, and cost the API server and us less. A server that does not know it sends JSON.
inline constexpr std::string_view kProtobuf = "application/vnd.kubernetes.protobuf";
inline constexpr std::string_view kProtobufOrJson = "application/vnd.kubernetes.protobuf,application/json";
inline constexpr std::string_view kKeySet = "application/jwk-set+json";
inline constexpr std::string_view kMergePatch = "application/merge-patch+json";
inline constexpr std::string_view kApplyPatch = "application/apply-patch+yaml";

struct Request {
  Method method = Method::kGet;
  std::string path;                                        // "/apis/apps/v1/namespaces/default/deployments/x"
  std::vector<std::pair<std::string, std::string>> query;  // Not yet escaped.
  std::string body;
  std::string_view content_type = kJson;        // One of the constants above.
  std::string_view accept = kJson;              // Likewise. Client::send reads JSON only.
  Duration timeout = std::chrono::seconds(30);  // Of all attempts together, except for a watch.
  bool is_leaders = false;                      // A write that only the leader does: Client::cancel_writes ends it.
  // For metrics: what a person calls this request.
  std::string verb;      // "get", "list", "watch", "create", "apply", "patch", "update", "delete"
  std::string resource;  // "jobs.batch", "inferenceservices.gyre.dev/status"
};

// The namespace may be empty: then all of them, or a kind without any.
std::string collection_path(const Kind& kind, std::string_view namespace_);
std::string object_path(const Kind& kind, const Key& key);
// "jobs.batch"; "pods" for the core group.
std::string resource_name(const Kind& kind);
// path?a=b&c=d, escaped.
std::string target_of(const Request& request);

}  // namespace gyre::kube
