#include "operator/runtime/leader_api.h"

#include <nlohmann/json.hpp>

namespace gyre::runtime {

using Json = nlohmann::json;

Result<Json> LeaderApi::get(const Kind& kind, const Key& key) { return api_.get(kind, key); }

Result<kube::RawObject> LeaderApi::create(const Kind& kind, const Json& object, std::string_view manager) {
  return if_leading([&] { return api_.create(kind, object, manager); });
}

Result<kube::RawObject> LeaderApi::apply(const Kind& kind, const Json& object, std::string_view manager) {
  return if_leading([&] { return api_.apply(kind, object, manager); });
}

Result<kube::RawObject> LeaderApi::patch(const Kind& kind, const Key& key, const Json& patch,
                                         std::string_view manager) {
  return if_leading([&] { return api_.patch(kind, key, patch, manager); });
}

Result<kube::RawObject> LeaderApi::patch_status(const Kind& kind, const Key& key, const Precondition& seen,
                                                const Json& status_patch, std::string_view manager) {
  return if_leading([&] { return api_.patch_status(kind, key, seen, status_patch, manager); });
}

Result<std::optional<kube::RawObject>> LeaderApi::delete_(const Kind& kind, const Key& key, const Precondition& seen,
                                                          Propagation propagation) {
  return if_leading([&] { return api_.delete_(kind, key, seen, propagation); });
}

Result<std::string> LeaderApi::pod_log(const Key& pod, std::string_view container, int tail_lines, int limit_bytes) {
  return api_.pod_log(pod, container, tail_lines, limit_bytes);
}

}  // namespace gyre::runtime
