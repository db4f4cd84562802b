#include "controllers/experiment/reconciler.h"

#include "controllers/experiment/decide.h"

namespace gyre::experiment {
namespace {

// A version that we made has no owner; its lineage says whose best trial it is.
std::vector<Key> experiment_of(const ModelVersion& version) {
  if (!version.spec.lineage.experiment) return {};
  return {{version.metadata.namespace_, version.spec.lineage.experiment->name}};
}

}  // namespace

Result<runtime::Next> ExperimentReconciler::reconcile(const Key& key) {
  Result<Observed> seen = observe(cache_, key, clock_.now());
  if (!seen) return runtime::done_if_not_found(std::move(seen).error());
  return runtime::apply(applier_, *seen->experiment, decide(*seen));
}

void add_to(runtime::Manager& manager, Options, int workers) {
  manager
      .add("experiment", std::make_unique<ExperimentReconciler>(manager.cache(), manager.applier(), manager.clock()),
           workers)
      .reconciles<Experiment>()
      .owns<TrainingJob>()
      .watches<ModelVersion>(experiment_of);
}

}  // namespace gyre::experiment
