#pragma once

#include "controllers/training_job/observed.h"
#include "operator/runtime/manager.h"

namespace gyre::training_job {

// Reads everything that `decide` needs: from the caches, and the end of the trainer's log once an attempt has ended
// well. kNotFound when the TrainingJob is gone.
Result<Observed> observe(const runtime::Cache& cache, runtime::Api& api, const Key& key, const Options& options,
                         Time now);

class TrainingJobReconciler final : public runtime::Reconciler {
 public:
  TrainingJobReconciler(const runtime::Cache& cache, runtime::Api& api, runtime::Applier& applier, const Clock& clock,
                        Options options)
      : cache_(cache), api_(api), applier_(applier), clock_(clock), options_(std::move(options)) {}

  Result<runtime::Next> reconcile(const Key& key) override;

 private:
  const runtime::Cache& cache_;
  runtime::Api& api_;
  runtime::Applier& applier_;
  const Clock& clock_;
  const Options options_;
};

// Adds the controller and its watches.
void add_to(runtime::Manager& manager, Options options, int workers);

}  // namespace gyre::training_job
