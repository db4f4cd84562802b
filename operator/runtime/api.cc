#include "operator/runtime/api.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "operator/kube/protobuf/object.h"
#include "operator/runtime/encoding.h"

namespace gyre::runtime {
namespace {

using kube::Method;
using kube::Request;
using Json = nlohmann::json;

Request object_request(Method method, std::string verb, const Kind& kind, const Key& key) {
  Request request;
  request.method = method;
  request.is_leaders = method != Method::kGet;
  request.path = kube::object_path(kind, key);
  request.verb = std::move(verb);
  request.resource = kube::resource_name(kind);
  return request;
}

std::string_view to_string(Propagation propagation) {
  switch (propagation) {
    case Propagation::kBackground:
      return "Background";
    case Propagation::kForeground:
      return "Foreground";
    case Propagation::kOrphan:
      return "Orphan";
  }
  return "Background";
}

Key key_in(const Json& object) {
  const Json& metadata = object.at("metadata");
  return {metadata.value("namespace", ""), metadata.value("name", "")};
}

template <class T>
Result<T> in_context(Result<T> result, std::string_view verb, const Kind& kind, const Key& key) {
  if (result) return result;
  return fail(with_context(std::move(result).error(), fmt::format("{} {} {}", verb, kind.kind, key.text())));
}

}  // namespace

Result<void> ClientApi::wait(const Request& request) {
  const Result<Duration> waited = limiter_.wait();
  if (!waited) return fail(waited.error());
  if (on_wait_) on_wait_(std::string(to_string(request.method)), std::chrono::duration<double>(*waited).count());
  return {};
}

Result<kube::RawObject> ClientApi::write(const Kind& kind, Request request) {
  request.accept = client_.encoding_of(kind);
  if (const auto turn = wait(request); !turn) return fail(turn.error());
  const Result<std::string> answer = client_.send_text(request);
  if (!answer) return fail(answer.error());
  Result<kube::RawObject> object = kube::parse_object(*answer);
  if (object) return object;
  if (object.error().reason == kube::protobuf::kNotInTables) ask_for_json(client_, kind, object.error());
  // It was carried out, and what came of it has to be read.
  return fail(kube::unread_answer(request, object.error().message));
}

Result<Json> ClientApi::get(const Kind& kind, const Key& key) {
  const Request request = object_request(Method::kGet, "get", kind, key);
  if (const auto turn = wait(request); !turn) return fail(turn.error());
  return in_context(client_.send(request), "get", kind, key);
}

Result<kube::RawObject> ClientApi::create(const Kind& kind, const Json& object, std::string_view manager) {
  const Key key = key_in(object);
  Request request = object_request(Method::kPost, "create", kind, key);
  request.path = kube::collection_path(kind, key.namespace_);
  request.query = {{"fieldManager", std::string(manager)}};
  request.body = object.dump();
  return in_context(write(kind, std::move(request)), "create", kind, key);
}

Result<kube::RawObject> ClientApi::apply(const Kind& kind, const Json& object, std::string_view manager) {
  const Key key = key_in(object);
  Request request = object_request(Method::kPatch, "apply", kind, key);
  request.query = {{"fieldManager", std::string(manager)}, {"force", "true"}};
  request.content_type = kube::kApplyPatch;
  request.body = object.dump();
  return in_context(write(kind, std::move(request)), "apply", kind, key);
}

Result<kube::RawObject> ClientApi::patch(const Kind& kind, const Key& key, const Json& patch,
                                         std::string_view manager) {
  Request request = object_request(Method::kPatch, "patch", kind, key);
  request.query = {{"fieldManager", std::string(manager)}};
  request.content_type = kube::kMergePatch;
  request.body = patch.dump();
  return in_context(write(kind, std::move(request)), "patch", kind, key);
}

Result<kube::RawObject> ClientApi::patch_status(const Kind& kind, const Key& key, const Precondition& seen,
                                                const Json& status_patch, std::string_view manager) {
  Request request = object_request(Method::kPatch, "patch", kind, key);
  request.path += "/status";
  request.resource += "/status";
  request.query = {{"fieldManager", std::string(manager)}};
  request.content_type = kube::kMergePatch;
  Json patch = {{"status", status_patch}};
  if (!seen.uid.empty()) patch["metadata"]["uid"] = seen.uid;
  if (!seen.resource_version.empty()) patch["metadata"]["resourceVersion"] = seen.resource_version;
  request.body = patch.dump();
  return in_context(write(kind, std::move(request)), "write status of", kind, key);
}

Result<std::optional<kube::RawObject>> ClientApi::delete_(const Kind& kind, const Key& key, const Precondition& seen,
                                                          Propagation propagation) {
  Request request = object_request(Method::kDelete, "delete", kind, key);
  Json options = {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", to_string(propagation)}};
  if (!seen.uid.empty()) options["preconditions"]["uid"] = seen.uid;
  if (!seen.resource_version.empty()) options["preconditions"]["resourceVersion"] = seen.resource_version;
  request.body = options.dump();
  Result<kube::RawObject> answer = in_context(write(kind, std::move(request)), "delete", kind, key);
  if (!answer && answer.error().code == Code::kNotFound) return std::nullopt;
  if (!answer) return fail(std::move(answer).error());
  // Of an object that went at once, a Status is said, which has no name; or, as of Services, what it was.
  const Json left = Json::parse(answer->text, nullptr, /*allow_exceptions=*/false);
  if (answer->key.name.empty() || !left.contains(Json::json_pointer("/metadata/deletionTimestamp")))
    return std::nullopt;
  return std::move(*answer);
}

Result<std::string> ClientApi::pod_log(const Key& pod, std::string_view container, int tail_lines, int limit_bytes) {
  constexpr Kind kPod{"", "v1", "Pod", "pods"};
  Request request = object_request(Method::kGet, "get", kPod, pod);
  request.path += "/log";
  request.resource += "/log";
  request.query = {{"container", std::string(container)},
                   {"tailLines", std::to_string(tail_lines)},
                   {"limitBytes", std::to_string(limit_bytes)}};
  if (const auto turn = wait(request); !turn) return fail(turn.error());
  return in_context(client_.send_text(request), "read log of", kPod, pod);
}

}  // namespace gyre::runtime
