#include "controllers/model_version/reconciler.h"

#include "controllers/common/fields.h"
#include "controllers/common/metadata.h"
#include "controllers/model_version/decide.h"
#include "controllers/model_version/names.h"

namespace gyre::model_version {
namespace {

std::vector<Key> versions_of(const runtime::Cache& cache, const std::string& namespace_, const std::string& model) {
  std::vector<Key> keys;
  for (const auto& version : cache.with(fields::kModel, namespace_, model)) keys.push_back(key_of(*version));
  return keys;
}

// A pod's Job carries the version's name, which admission keeps short enough for a label.
std::vector<Key> version_of(const Pod& pod) {
  const std::string version = label_of(pod.metadata, labels::kModelVersion);
  if (version.empty() || label_of(pod.metadata, labels::kRole).empty()) return {};
  return {{pod.metadata.namespace_, version}};
}

}  // namespace

Result<runtime::Next> ModelVersionReconciler::reconcile(const Key& key) {
  Result<Observed> seen = observe(cache_, key, options_, clock_.now());
  if (!seen) return runtime::done_if_not_found(std::move(seen).error());
  return runtime::apply(applier_, *seen->version, decide(*seen));
}

void add_to(runtime::Manager& manager, Options options, int workers) {
  const runtime::Cache& cache = manager.cache();
  manager
      .add("modelversion",
           std::make_unique<ModelVersionReconciler>(cache, manager.applier(), manager.clock(), std::move(options)),
           workers)
      .reconciles<ModelVersion>()
      .owns<Job>()
      .watches<Pod>(version_of)
      .watches<InferenceService>([&cache](const InferenceService& service) {
        return versions_of(cache, service.metadata.namespace_, service.spec.model.name);
      });
}

}  // namespace gyre::model_version
