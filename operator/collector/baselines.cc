#include "operator/collector/baselines.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controllers/common/metadata.h"
#include "controllers/common/names.h"
#include "crds/builtin/config_map.h"
#include "crds/v1alpha1/model_version.h"
#include "dataplane/wire/baseline.h"
#include "operator/base/digest.h"
#include "operator/collector/api_failure.h"

namespace gyre::collector {
namespace {

using Json = nlohmann::json;

constexpr char kBaselineKey[] = "baseline.json";
constexpr char kBaselineRole[] = "baseline";
constexpr Kind kConfigMap = kind_of(Type<ConfigMap>{});

Result<void> check_baseline(const std::string& bytes) {
  const Json document = Json::parse(bytes, nullptr, false);
  if (document.is_discarded())
    return fail(Code::kInvalid, "InvalidJson", "the body is not JSON; send baseline.json as it is");
  const auto baseline = schema::from_json<wire::Baseline>(document);
  if (!baseline) return fail(baseline.error());
  if (baseline->version != wire::kBaselineVersion)
    return fail(Code::kInvalid, "InvalidField",
                fmt::format("version: is \"{}\"; must be {}", baseline->version, wire::kBaselineVersion));
  return {};
}

Result<void> check_digest(const ModelVersion& version, const std::string& bytes) {
  if (!version.spec.baseline_profile)
    return fail(
        Code::kConflict, "NoBaseline",
        fmt::format("ModelVersion {} has no spec.baselineProfile to check this against", version.metadata.name));
  const std::string digest = sha256_digest(bytes);
  if (digest == version.spec.baseline_profile->digest) return {};
  return fail(Code::kMismatch, "DigestMismatch",
              fmt::format("the body's digest is {}; ModelVersion {} names {} in spec.baselineProfile.digest", digest,
                          version.metadata.name, version.spec.baseline_profile->digest));
}

ConfigMap make_baseline(const ModelVersion& version, const std::string& bytes) {
  ConfigMap out;
  out.metadata = child_of(version, baseline_name(version.metadata.name));
  out.metadata.labels[labels::kRole] = kBaselineRole;
  out.data[kBaselineKey] = bytes;
  out.immutable = true;
  return out;
}

bool is_same(const ConfigMap& map, const std::string& owner_uid, const std::string& bytes) {
  const auto data = map.data.find(kBaselineKey);
  return is_controlled_by(map.metadata, owner_uid) && data != map.data.end() && data->second == bytes;
}

}  // namespace

Result<void> Baselines::put(const Key& model_version, const std::string& bytes) {
  if (auto ok = check_baseline(bytes); !ok) return ok;
  const Result<Json> live = find(kind_of(Type<ModelVersion>{}), model_version);
  if (!live) return fail(live.error());
  const Result<ModelVersion> version = schema::from_json<ModelVersion>(*live);
  if (!version) return fail(Code::kInternal, "Unreadable", version.error().message);
  if (auto ok = check_digest(*version, bytes); !ok) return ok;
  const ConfigMap map = make_baseline(*version, bytes);
  const auto created = api_.create(kConfigMap, schema::to_json(map), "gyre-collector");
  if (created) return {};
  if (created.error().code == Code::kAlreadyExists || created.error().code == Code::kConflict)
    return is_kept(key_of(map), version->metadata.uid, bytes);
  return fail_for_now(created.error());
}

// What the caller named may not exist, which is for the caller to mend; nothing else is.
Result<Json> Baselines::find(const Kind& kind, const Key& key) {
  Result<Json> live = api_.get(kind, key);
  if (live || live.error().code == Code::kNotFound) return live;
  return fail_for_now(live.error());
}

Result<void> Baselines::is_kept(const Key& name, const std::string& owner_uid, const std::string& bytes) {
  const Result<Json> live = api_.get(kConfigMap, name);
  if (!live) return fail_for_now(live.error());
  const Result<ConfigMap> map = schema::from_json<ConfigMap>(*live);
  if (map && is_same(*map, owner_uid, bytes)) return {};
  return fail(Code::kConflict, "NameTaken",
              fmt::format("ConfigMap {} is not this version's; delete or rename it", name.text()));
}

Result<std::string> Baselines::get(const Key& model_version) {
  const Key name{model_version.namespace_, baseline_name(model_version.name)};
  const Result<Json> live = find(kConfigMap, name);
  if (!live) return fail(live.error());
  const Result<ConfigMap> map = schema::from_json<ConfigMap>(*live);
  if (!map || map->metadata.labels.count(labels::kRole) == 0 ||
      map->metadata.labels.at(labels::kRole) != kBaselineRole || map->data.count(kBaselineKey) == 0)
    return fail(Code::kNotFound, "NotFound", fmt::format("ModelVersion {} has no baseline", model_version.text()));
  return map->data.at(kBaselineKey);
}

}  // namespace gyre::collector
