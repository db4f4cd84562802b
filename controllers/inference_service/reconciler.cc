#include "controllers/inference_service/reconciler.h"

#include <algorithm>

#include "controllers/common/fields.h"
#include "controllers/common/metadata.h"
#include "controllers/inference_service/decide.h"
#include "controllers/inference_service/names.h"
#include "controllers/inference_service/resources.h"
#include "crds/builtin/config_map.h"

namespace gyre::inference_service {
namespace {

std::vector<Key> services_of(const runtime::Cache& cache, const ModelVersion& version) {
  std::vector<Key> keys;
  for (const auto& service : cache.with(fields::kServes, version.metadata.namespace_, version.spec.model))
    keys.push_back(key_of(*service));
  return keys;
}

std::vector<Key> service_of(const Pod& pod) {
  const std::string service = label_of(pod.metadata, labels::kService);
  if (service.empty()) return {};
  return {{pod.metadata.namespace_, service}};
}

// Long enough for the longest interval to be looked back upon.
Duration look_back(const InferenceServiceSpec& spec) {
  Duration longest = std::chrono::seconds(10);
  for (const AnalysisMetric& metric : spec.rollout.analysis.value_or(Analysis{}).metrics)
    longest = std::max(longest, metric.interval);
  return 2 * longest;
}

// Whether what we remember of the name is of a service that had it before: nothing has it now, or one that has not
// served yet.
bool is_of_another(const Result<Observed>& seen) {
  return seen ? !seen->service->status.stable : seen.error().code == Code::kNotFound;
}

}  // namespace

std::vector<Sample> InferenceServiceReconciler::sample(const Key& key, const Observed& seen) {
  const std::lock_guard lock(mutex_);
  if (!seen.service->status.rollout) {
    samplers_.erase(key);
    return {};
  }
  return samplers_[key].take(seen.agents, seen.now, look_back(seen.service->spec));
}

void InferenceServiceReconciler::forget_samples(const Key& key) {
  const std::lock_guard lock(mutex_);
  samplers_.erase(key);
}

// Agents hear of routes only once the status says so.
void InferenceServiceReconciler::publish(const Key& key) {
  const auto service = manager_.cache().get<InferenceService>(key);
  if (service && service->status.stable) fleet_.publish(key, make_routes(*service));
}

Result<runtime::Next> InferenceServiceReconciler::reconcile(const Key& key) {
  Result<Observed> seen = observe(manager_.cache(), manager_.api(), key, options_, manager_.clock().now());
  // Agents take the highest generation that they hear of, and generations begin anew with each service: its first
  // agents must not hear of the routes of the one before.
  if (is_of_another(seen)) fleet_.withdraw(key);
  if (!seen) {
    const auto service = manager_.cache().get<InferenceService>(key);
    if (service) return runtime::tell(manager_.applier(), *service, seen.error());
    forget_samples(key);
    return runtime::done_if_not_found(std::move(seen).error());
  }
  seen->agents = fleet_.agents(key);
  seen->samples = sample(key, *seen);
  auto next = runtime::apply(manager_.applier(), *seen->service, decide(*seen));
  publish(key);
  return next;
}

runtime::Controller& add_to(runtime::Manager& manager, wire::Fleet& fleet, Options options, int workers) {
  const runtime::Cache& cache = manager.cache();
  manager.cache().declare<Pod>().index_label(labels::kService);
  manager.cache().declare<ModelVersion>().index(fields::kModel);
  manager.cache().declare<InferenceService>().index(fields::kServes);
  return manager
      .add("inferenceservice", std::make_unique<InferenceServiceReconciler>(manager, fleet, std::move(options)),
           workers)
      .reconciles<InferenceService>()
      .owns<Deployment>()
      .owns<Service>()
      .owns<ControllerRevision>()
      .owns<ConfigMap>()
      .watches<Pod>(service_of)
      .watches<ModelVersion>([&cache](const ModelVersion& version) { return services_of(cache, version); });
}

}  // namespace gyre::inference_service
