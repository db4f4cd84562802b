#include "webhooks/certificate_store.h"

#include <nlohmann/json.hpp>

#include "operator/base/base64.h"
#include "operator/runtime/log.h"

namespace gyre::webhooks {
namespace {

using nlohmann::json;

constexpr Kind kSecret{"", "v1", "Secret", "secrets"};
constexpr Kind kConfiguration{"admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration",
                              "validatingwebhookconfigurations"};
// Two replicas that start together meet at most a few times.
constexpr int kTries = 5;

kube::Request request_for(kube::Method method, std::string verb, const Kind& kind, const Key& key) {
  kube::Request request;
  request.method = method;
  request.path = kube::object_path(kind, key);
  request.verb = std::move(verb);
  request.resource = kube::resource_name(kind);
  request.timeout = std::chrono::seconds(10);
  return request;
}

// One value of the Secret; empty when it is absent or no base64, which makes the certificates unusable.
std::string value_of(const json& secret, const char* name) {
  const json::json_pointer at(std::string("/data/") + name);
  if (!secret.contains(at) || !secret.at(at).is_string()) return "";
  return from_base64(secret.at(at).get<std::string>()).value_or("");
}

Certificates parse_secret(const json& secret) {
  Certificates out;
  out.ca = {value_of(secret, "ca.crt"), value_of(secret, "ca.key")};
  out.serving = {value_of(secret, "tls.crt"), value_of(secret, "tls.key")};
  out.previous = value_of(secret, "previous.crt");
  KeyPair next{value_of(secret, "next.crt"), value_of(secret, "next.key")};
  if (!next.certificate.empty()) out.next = std::move(next);
  return out;
}

json data_of(const Certificates& certificates) {
  json data;
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) data[name] = to_base64(value);
  };
  put("ca.crt", certificates.ca.certificate);
  put("ca.key", certificates.ca.key);
  put("tls.crt", certificates.serving.certificate);
  put("tls.key", certificates.serving.key);
  put("previous.crt", certificates.previous);
  if (certificates.next) {
    put("next.crt", certificates.next->certificate);
    put("next.key", certificates.next->key);
  }
  return data;
}

Result<json> create(kube::Client& client, const Key& key, const Certificates& certificates) {
  kube::Request request = request_for(kube::Method::kPost, "create", kSecret, key);
  request.path = kube::collection_path(kSecret, key.namespace_);
  request.body =
      json{
          {"apiVersion", "v1"},
          {"kind", "Secret"},
          {"type", "Opaque"},
          {"metadata",
           {{"name", key.name}, {"namespace", key.namespace_}, {"labels", {{"app.kubernetes.io/managed-by", "gyre"}}}}},
          {"data", data_of(certificates)}}
          .dump();
  return client.send(request);
}

// The object's resourceVersion goes along: whoever wrote since is not overwritten.
Result<json> update(kube::Client& client, const Key& key, json secret, const Certificates& certificates) {
  kube::Request request = request_for(kube::Method::kPut, "update", kSecret, key);
  secret["data"] = data_of(certificates);
  request.body = secret.dump();
  return client.send(request);
}

bool somebody_was_first(const Error& error) {
  return error.code == Code::kAlreadyExists || error.code == Code::kConflict || error.code == Code::kNotFound;
}

// The bundle in each of the configuration's webhooks.
json with_bundle(json webhooks, const std::string& bundle) {
  for (json& webhook : webhooks)
    if (webhook.is_object()) webhook["clientConfig"]["caBundle"] = bundle;
  return webhooks;
}

Result<void> put_bundle(kube::Client& client, const std::string& configuration, const std::string& bundle) {
  const Key key{"", configuration};
  const Result<json> found = client.send(request_for(kube::Method::kGet, "get", kConfiguration, key));
  if (!found) return fail(with_context(found.error(), "read ValidatingWebhookConfiguration " + configuration));
  const json webhooks = found->value("webhooks", json::array());
  const json wanted = with_bundle(webhooks, to_base64(bundle));
  if (wanted == webhooks) return {};
  kube::Request request = request_for(kube::Method::kPatch, "patch", kConfiguration, key);
  request.content_type = kube::kMergePatch;
  // A merge patch replaces the whole list; the version refuses it when the list has changed meanwhile.
  request.body = json{
      {"metadata", {{"resourceVersion", found->at("metadata").at("resourceVersion")}}},
      {"webhooks",
       wanted}}.dump();
  const Result<json> patched = client.send(request);
  if (!patched)
    return fail(with_context(patched.error(), "put our CA into ValidatingWebhookConfiguration " + configuration));
  log::info("The webhook configuration trusts our CA", {{"configuration", configuration}});
  return {};
}

}  // namespace

Result<Certificates> ensure_certificates(kube::Client& client, const std::string& namespace_,
                                         const std::vector<std::string>& dns_names, Time now) {
  const Key key{namespace_, kCertificatesSecret};
  Error last;
  for (int i = 0; i < kTries; ++i) {
    Result<json> secret = client.send(request_for(kube::Method::kGet, "get", kSecret, key));
    const bool absent = !secret && secret.error().code == Code::kNotFound;
    if (!secret && !absent) return fail(with_context(secret.error(), "read Secret " + key.text()));
    const std::optional<Certificates> present = absent ? std::nullopt : std::optional(parse_secret(*secret));
    Result<Certificates> wanted = up_to_date(present, dns_names, now);
    if (!wanted || (present && *wanted == *present)) return wanted;
    const Result<json> written =
        absent ? create(client, key, *wanted) : update(client, key, std::move(*secret), *wanted);
    if (written) {
      log::info("Certificates were renewed", {{"secret", key.text()}});
      return wanted;
    }
    last = with_context(written.error(), "write Secret " + key.text());
    if (!somebody_was_first(written.error())) break;
  }
  return fail(last);
}

Result<void> ensure_ca_bundle(kube::Client& client, const std::string& configuration, const std::string& bundle) {
  Result<void> done;
  for (int i = 0; i < kTries; ++i) {
    done = put_bundle(client, configuration, bundle);
    if (done || done.error().code != Code::kConflict) break;
  }
  return done;
}

}  // namespace gyre::webhooks
