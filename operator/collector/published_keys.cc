#include "operator/collector/published_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crds/builtin/pod.h"
#include "operator/collector/api_failure.h"
#include "operator/collector/web_token.h"
#include "operator/runtime/log.h"

namespace gyre::collector {
namespace {

using Json = nlohmann::json;

constexpr Duration kHold = std::chrono::hours(1);
// Tokens that name keys which do not exist must not become requests without end.
constexpr Duration kAskAgain = std::chrono::seconds(10);

Result<Json> get(kube::Client& client, const char* path, std::string_view accept) {
  kube::Request request;
  request.path = path;
  request.accept = accept;
  request.verb = "get";
  request.resource = "serviceaccountissuer";
  request.timeout = std::chrono::seconds(10);
  return client.send(request);
}

}  // namespace

Result<Identity> PublishedKeys::identify(const std::string& token) {
  const Result<WebToken> parsed = parse_web_token(token);
  if (!parsed) return fail(parsed.error());
  const Result<Shared> known = published(parsed->key_id);
  if (!known) return fail(known.error());
  if (!(*known)->keys.verifies(parsed->key_id, parsed->algorithm, parsed->signed_bytes, parsed->signature))
    return refuse_token("this cluster did not sign it; use the pod's projected token");
  Result<Identity> identity = identity_of(parsed->claims, (*known)->issuer, clock_.now());
  if (!identity) return identity;
  if (const auto exists = check_pod(*identity); !exists) return fail(exists.error());
  return identity;
}

Result<PublishedKeys::Shared> PublishedKeys::published(const std::string& key_id) {
  const std::lock_guard lock(mutex_);
  const bool was_known = last_ && last_->keys.has(key_id);
  if (!asked_ || clock_.now() - *asked_ >= (was_known ? kHold : kAskAgain)) {
    asked_ = clock_.now();
    Result<Shared> fresh = read();
    failure_ = fresh ? std::nullopt : std::optional(fresh.error());
    if (fresh) last_ = *std::move(fresh);
    if (failure_) log::warn("The cluster's keys cannot be read", {{"error", failure_->message}});
  }
  // Keys that we have stay good: an API server that is away for a while takes nobody's identity.
  if (last_ && (last_->keys.has(key_id) || !failure_)) return last_;
  return fail(*failure_);
}

Result<PublishedKeys::Shared> PublishedKeys::read() {
  const auto cannot = [](const Error& error) {
    const char* hint = error.code == Code::kForbidden
                           ? "; our service account needs ClusterRole system:service-account-issuer-discovery"
                           : "";
    return fail(Code::kUnavailable, "KeysUnreadable",
                fmt::format("read the keys that this cluster signs tokens with: {}{}", error.message, hint));
  };
  const Result<Json> discovery = get(client_, "/.well-known/openid-configuration", kube::kJson);
  if (!discovery) return cannot(discovery.error());
  // Not from jwks_uri, which may be an address that only others can reach.
  const Result<Json> jwks = get(client_, "/openid/v1/jwks", kube::kKeySet);
  if (!jwks) return cannot(jwks.error());
  const Json issuer = discovery->is_object() ? discovery->value("issuer", Json()) : Json();
  Result<KeySet> keys = KeySet::parse(*jwks);
  if (!keys) return cannot(keys.error());
  if (!issuer.is_string() || keys->empty())
    return fail(Code::kUnavailable, "KeysUnreadable", "this cluster publishes no issuer, or no key for RS256 or ES256");
  log::info("Read the keys that this cluster signs tokens with", {{"issuer", issuer.get<std::string>()}});
  return std::make_shared<const Published>(Published{issuer.get<std::string>(), *std::move(keys)});
}

Result<void> PublishedKeys::check_pod(const Identity& identity) {
  if (std::ranges::find(namespaces_, identity.namespace_) == namespaces_.end())
    return refuse_token(
        fmt::format("its pod is in namespace {}, which this installation does not watch", identity.namespace_));
  const Result<Json> pod = api_.get(kind_of(Type<Pod>{}), {identity.namespace_, identity.pod});
  if (!pod && pod.error().code != Code::kNotFound) return fail_for_now(pod.error());
  if (!pod || pod->value(Json::json_pointer("/metadata/uid"), "") != identity.pod_uid)
    return refuse_token(fmt::format("its pod {}/{} does not exist any more", identity.namespace_, identity.pod));
  return {};
}

}  // namespace gyre::collector
