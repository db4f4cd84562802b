#include "controllers/model_version/resources.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controllers/common/jobs.h"
#include "controllers/common/pod_parts.h"
#include "controllers/common/worker_job.h"
#include "controllers/model_version/names.h"
#include "crds/schema/codec.h"

namespace gyre::model_version {
namespace {

using nlohmann::json;

constexpr std::int64_t kKeptAfterReading = 600;
// An evaluation that has not ended by then counts as a champion that could not be asked.
constexpr std::int64_t kEvaluationSeconds = 600;

json mounts(const ModelVersion& version) {
  const std::string claim = claim_of(version.spec.artifact.uri);
  return json::array({{{"name", "artifact"}, {"mountPath", claim_mount(claim)}, {"readOnly", true}},
                      {{"name", "ca"}, {"mountPath", "/gyre/ca"}, {"readOnly", true}},
                      {{"name", "token"}, {"mountPath", "/gyre/token"}, {"readOnly", true}},
                      {{"name", "tmp"}, {"mountPath", "/tmp"}}});
}

json volumes(const ModelVersion& version) {
  return json::array(
      {{{"name", "artifact"}, {"persistentVolumeClaim", {{"claimName", claim_of(version.spec.artifact.uri)}}}},
       make_ca_volume("ca"),
       make_token_volume("token"),
       {{"name", "tmp"}, {"emptyDir", json::object()}}});
}

json pod_spec(const ModelVersion& version, const Options& options, const std::vector<std::string>& arguments) {
  json container = make_worker(kWorkerContainer, options.worker_image, arguments);
  container["volumeMounts"] = mounts(version);
  return make_worker_pod(std::move(container), volumes(version));
}

Job make_job(const ModelVersion& version, std::string name, std::string_view role, int attempt) {
  Job job;
  job.metadata = child_of(version, std::move(name));
  job.metadata.labels[labels::kModel] = version.spec.model;
  job.metadata.labels[labels::kModelVersion] = child_name(version.metadata.name, "");
  job.metadata.labels[labels::kRole] = role;
  job.metadata.labels[labels::kAttempt] = std::to_string(attempt);
  job.spec.completions = job.spec.parallelism = 1;
  job.spec.backoff_limit = 2;
  return job;
}

std::vector<std::string> verify_arguments(const ModelVersion& version, const Options& options) {
  const Artifact& artifact = version.spec.artifact;
  std::vector<std::string> out = {"fetch", "--as",       "model",    "--verify-only",
                                  "--uri", artifact.uri, "--digest", artifact.manifest_digest};
  if (!version.spec.baseline_profile) return out;
  for (const std::string& each :
       {std::string("--baseline-digest"), version.spec.baseline_profile->digest, std::string("--collector"),
        options.collector, std::string("--ca"), std::string("/gyre/ca/ca.crt"), std::string("--token"),
        std::string("/gyre/token/token"), std::string("--name"), version.metadata.name})
    out.push_back(each);
  return out;
}

std::vector<std::string> evaluate_arguments(const ModelVersion& version, const Champion& champion,
                                            const std::vector<int>& gates) {
  json wanted = json::array();
  for (const int index : gates) wanted.push_back(schema::to_json(version.spec.gates[index]));
  const EvaluationRows rows = version.spec.evaluation_rows.value_or(EvaluationRows{});
  std::vector<std::string> out = {"evaluate",
                                  "--uri",
                                  version.spec.artifact.uri,
                                  "--predictions-digest",
                                  rows.predictions_digest,
                                  "--evaluation-digest",
                                  rows.evaluation_digest,
                                  "--gates",
                                  wanted.dump(),
                                  "--service",
                                  fmt::format("http://{}.{}.svc:80", champion.service, version.metadata.namespace_),
                                  "--model",
                                  version.spec.model,
                                  "--protocol",
                                  schema::enum_name(champion.protocol)};
  if (champion.custom) {
    out.push_back("--custom");
    out.push_back(schema::to_json(*champion.custom).dump());
  }
  if (version.spec.lineage.seed) {
    out.push_back("--seed");
    out.push_back(std::to_string(*version.spec.lineage.seed));
  }
  return out;
}

Job with_pod(Job job, json spec) {
  job.spec.template_ = {{"metadata", {{"labels", job.metadata.labels}}}, {"spec", std::move(spec)}};
  return job;
}

}  // namespace

Job make_verify_job(const ModelVersion& version, int attempt, const Options& options) {
  return with_pod(make_job(version, verify_name(version, attempt), kVerifyRole, attempt),
                  pod_spec(version, options, verify_arguments(version, options)));
}

Job make_evaluate_job(const ModelVersion& version, int attempt, const Champion& champion, const std::vector<int>& gates,
                      const Options& options) {
  Job job = make_job(version, evaluate_name(version, attempt), kEvaluateRole, attempt);
  job.metadata.annotations[kChampionAnnotation] = champion.text();
  job.spec.active_deadline_seconds = kEvaluationSeconds;
  return with_pod(std::move(job), pod_spec(version, options, evaluate_arguments(version, champion, gates)));
}

Job make_expiry(const Job& finished) {
  Job job = kept(finished);
  job.spec.ttl_seconds_after_finished = kKeptAfterReading;
  return job;
}

}  // namespace gyre::model_version
