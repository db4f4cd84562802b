#include "controllers/training_job/reconciler.h"

#include "controllers/common/metadata.h"
#include "controllers/training_job/attempt.h"
#include "controllers/training_job/decide.h"
#include "controllers/training_job/names.h"

namespace gyre::training_job {
namespace {

// By the Job's owner; by the label where the Job went first, which is the name unless that is too long for a label.
std::vector<Key> training_of(const runtime::Cache& cache, const Pod& pod) {
  const std::string label = label_of(pod.metadata, labels::kTrainingJob);
  if (label.empty()) return {};
  const OwnerReference* owner = controller_of(pod.metadata);
  const auto job = owner ? cache.get<Job>({pod.metadata.namespace_, owner->name}) : nullptr;
  const OwnerReference* training = job ? controller_of(job->metadata) : nullptr;
  return {{pod.metadata.namespace_, training ? training->name : label}};
}

std::vector<Key> training_of(const ModelVersion& version) {
  if (!version.spec.lineage.training_job) return {};
  return {{version.metadata.namespace_, version.spec.lineage.training_job->name}};
}

}  // namespace

Result<runtime::Next> TrainingJobReconciler::reconcile(const Key& key) {
  Result<Observed> seen = observe(cache_, api_, key, options_, clock_.now());
  if (!seen) return runtime::done_if_not_found(std::move(seen).error());
  return runtime::apply(applier_, *seen->training_job, decide(*seen));
}

void add_to(runtime::Manager& manager, Options options, int workers) {
  const runtime::Cache& cache = manager.cache();
  manager.cache().declare<Pod>().index_label(labels::kTrainingJob);
  manager
      .add("trainingjob",
           std::make_unique<TrainingJobReconciler>(cache, manager.api(), manager.applier(), manager.clock(),
                                                   std::move(options)),
           workers)
      .reconciles<TrainingJob>()
      .owns<Job>()
      .owns<Service>()
      .watches<Pod>([&cache](const Pod& pod) { return training_of(cache, pod); })
      .watches<ModelVersion>([](const ModelVersion& version) { return training_of(version); });
}

}  // namespace gyre::training_job
