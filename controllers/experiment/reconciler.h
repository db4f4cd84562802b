#pragma once

#include "controllers/experiment/observed.h"
#include "operator/runtime/manager.h"

namespace gyre::experiment {

// Reads everything that `decide` needs from the caches. kNotFound when the experiment is gone.
Result<Observed> observe(const runtime::Cache& cache, const Key& key, Time now);

class ExperimentReconciler final : public runtime::Reconciler {
 public:
  ExperimentReconciler(const runtime::Cache& cache, runtime::Applier& applier, const Clock& clock)
      : cache_(cache), applier_(applier), clock_(clock) {}

  Result<runtime::Next> reconcile(const Key& key) override;

 private:
  const runtime::Cache& cache_;
  runtime::Applier& applier_;
  const Clock& clock_;
};

// Adds the controller and its watches.
void add_to(runtime::Manager& manager, Options options, int workers);

}  // namespace gyre::experiment
