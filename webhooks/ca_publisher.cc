#include "webhooks/ca_publisher.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/names.h"
#include "crds/builtin/config_map.h"
#include "crds/v1alpha1/inference_service.h"
#include "crds/v1alpha1/model_version.h"
#include "crds/v1alpha1/training_job.h"
#include "operator/runtime/fate.h"
#include "operator/runtime/log.h"

namespace gyre::webhooks {
namespace {

using nlohmann::json;

constexpr char kKey[] = "ca.crt";
constexpr char kManager[] = "gyre-ca";
constexpr Kind kKind = kind_of(Type<ConfigMap>{});
constexpr Duration kRetry = std::chrono::seconds(5);
constexpr Duration kSlowRetry = std::chrono::minutes(1);  // Of what takes a person.

bool says(const ConfigMap& found, const std::string& bundle) {
  const auto value = found.data.find(kKey);
  return value != found.data.end() && value->second == bundle;
}

json config_map(const std::string& namespace_, const std::string& bundle) {
  return {{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"metadata",
           {{"name", kCaConfigMap},
            {"namespace", namespace_},
            {"labels", {{labels::kManagedBy, labels::kManagedByGyre}, {labels::kRole, "ca"}}}}},
          {"data", {{kKey, bundle}}}};
}

std::string text_at(const json& object, const std::string& pointer) {
  return object.value(json::json_pointer(pointer), std::string());
}

// By its label or, where somebody took that away, because our manager wrote it.
bool is_ours(const json& live) {
  if (text_at(live, "/metadata/labels/app.kubernetes.io~1managed-by") == labels::kManagedByGyre) return true;
  const json managers = live.value(json::json_pointer("/metadata/managedFields"), json::array());
  return std::ranges::any_of(managers, [](const json& entry) { return entry.value("manager", "") == kManager; });
}

std::optional<Duration> time_to_retry(const Error& error) {
  // Nothing can be created in a namespace that is going away; its last object's deletion wakes us again.
  if (error.reason == "NamespaceTerminating") return std::nullopt;
  const runtime::Fate fate = runtime::fate_of(error);
  return fate == runtime::Fate::kSlowly || fate == runtime::Fate::kWait ? kSlowRetry : kRetry;
}

}  // namespace

CaPublisher::CaPublisher(runtime::Cache& cache, runtime::Api& api) : cache_(cache), api_(api) {
  // A namespace that exists already costs nothing: only the first object of one, and the last, concern us.
  const auto follow = [this](const runtime::Change& change) {
    if (change.is_new() || change.is_deleted()) wake();
  };
  cache.declare<TrainingJob>().subscribe(follow);
  cache.declare<ModelVersion>().subscribe(follow);
  cache.declare<InferenceService>().subscribe(follow);
  cache.declare<ConfigMap>().subscribe([this](const runtime::Change& change) {
    if (change.key().name == kCaConfigMap) wake();
  });
}

void CaPublisher::wake() {
  const std::lock_guard lock(mutex_);
  awake_ = true;
  changed_.notify_all();
}

void CaPublisher::publish(const std::string& bundle) {
  const std::lock_guard lock(mutex_);
  if (bundle_ == bundle) return;
  bundle_ = bundle;
  awake_ = true;
  changed_.notify_all();
}

void CaPublisher::run(std::stop_token stop) {
  wake();
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return awake_; })) return;
      awake_ = false;
    }
    const std::optional<Duration> again = publish_everywhere();
    if (!again) continue;
    std::unique_lock lock(mutex_);
    // Not woken earlier by news than after the short time, as each may fail like the one before.
    changed_.wait_for(lock, stop, kRetry, [] { return false; });
    changed_.wait_for(lock, stop, *again - kRetry, [this] { return awake_; });
    awake_ = true;
  }
}

std::optional<Duration> CaPublisher::publish_everywhere() {
  std::string bundle;
  {
    const std::lock_guard lock(mutex_);
    bundle = bundle_;
  }
  if (bundle.empty()) return std::nullopt;
  std::optional<Duration> again;
  for (const std::string& namespace_ : namespaces()) {
    const Result<void> done = ensure(namespace_, bundle);
    if (done) continue;
    log::warn("Cannot publish our CA", {{"namespace", namespace_}, {"error", done.error().message}});
    const std::optional<Duration> wait = time_to_retry(done.error());
    if (wait) again = std::min(*wait, again.value_or(*wait));
  }
  return again;
}

std::set<std::string> CaPublisher::namespaces() const {
  std::set<std::string> out;
  out.merge(cache_.namespaces<TrainingJob>());
  out.merge(cache_.namespaces<ModelVersion>());
  out.merge(cache_.namespaces<InferenceService>());
  return out;
}

Result<void> CaPublisher::ensure(const std::string& namespace_, const std::string& bundle) {
  const Key key{namespace_, kCaConfigMap};
  const auto cached = cache_.get<ConfigMap>(key);
  if (cached && says(*cached, bundle)) return {};
  // Looked at before it is created: one that lost our label is not in the cache, and is not written again and again.
  const Result<json> live = api_.get(kKind, key);
  if (!live && live.error().code != Code::kNotFound) return fail(live.error());
  if (live && text_at(*live, std::string("/data/") + kKey) == bundle) return {};
  if (live && !is_ours(*live))
    return fail(Code::kForbidden, "NameTaken",
                fmt::format("ConfigMap {} exists and belongs to something else; delete or rename it: pods of this "
                            "namespace take our CA from there",
                            key.text()));
  const json wanted = config_map(namespace_, bundle);
  Result<kube::RawObject> written =
      live ? api_.patch(kKind, key,
                        {{"metadata",
                          {{"uid", text_at(*live, "/metadata/uid")},
                           {"resourceVersion", text_at(*live, "/metadata/resourceVersion")},
                           {"labels", wanted["metadata"]["labels"]}}},
                         {"data", wanted["data"]}},
                        kManager)
           : api_.create(kKind, wanted, kManager);
  if (!written) return fail(written.error());
  cache_.remember(kKind, std::move(*written));
  return {};
}

}  // namespace gyre::webhooks
