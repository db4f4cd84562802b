#include <map>

#include "controllers/common/fields.h"
#include "controllers/common/metadata.h"
#include "controllers/model_version/names.h"
#include "controllers/model_version/reconciler.h"

namespace gyre::model_version {
namespace {

template <class T>
void append(std::vector<std::shared_ptr<const T>>& out, std::vector<std::shared_ptr<const T>> more) {
  out.insert(out.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// Jobs of other owners that have the name of the attempt we are at.
std::vector<std::shared_ptr<const Job>> strangers(const runtime::Cache& cache, const ModelVersion& version) {
  std::vector<std::shared_ptr<const Job>> out;
  for (const std::string& name : {verify_name(version, std::max(1, version.status.verification_attempts)),
                                  evaluate_name(version, std::max(1, version.status.evaluation_attempts))}) {
    auto job = cache.get<Job>({version.metadata.namespace_, name});
    if (job && !is_controlled_by(job->metadata, version.metadata.uid)) out.push_back(std::move(job));
  }
  return out;
}

// Those that follow its model, those that run it, and those that its gates name.
std::vector<std::shared_ptr<const InferenceService>> services_for(const runtime::Cache& cache,
                                                                  const ModelVersion& version) {
  const std::string& namespace_ = version.metadata.namespace_;
  std::map<std::string, std::shared_ptr<const InferenceService>> found;
  for (const std::string& served : {version.spec.model, version.metadata.name})
    for (auto& service : cache.with(fields::kServes, namespace_, served))
      found.emplace(service->metadata.name, std::move(service));
  for (const Gate& gate : version.spec.gates)
    if (!gate.inference_service.empty())
      if (auto service = cache.get<InferenceService>({namespace_, gate.inference_service}))
        found.emplace(gate.inference_service, std::move(service));
  std::vector<std::shared_ptr<const InferenceService>> out;
  for (auto& [name, service] : found) out.push_back(std::move(service));
  return out;
}

}  // namespace

Result<Observed> observe(const runtime::Cache& cache, const Key& key, const Options& options, Time now) {
  Observed seen;
  seen.version = cache.get<ModelVersion>(key);
  if (!seen.version) return fail(Code::kNotFound, "NotFound", "ModelVersion " + key.text() + " is gone");
  seen.options = options;
  seen.now = now;
  for (auto& other : cache.with(fields::kModel, key.namespace_, seen.version->spec.model))
    if (other->metadata.name != key.name) seen.siblings.push_back(std::move(other));
  seen.services = services_for(cache, *seen.version);
  seen.jobs = cache.owned_by<Job>(seen.version->metadata.uid);
  for (const auto& job : seen.jobs) append(seen.pods, cache.owned_by<Pod>(job->metadata.uid));
  append(seen.jobs, strangers(cache, *seen.version));
  return seen;
}

}  // namespace gyre::model_version
