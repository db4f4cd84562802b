#include "crds/v1alpha1/training_job.h"

#include "controllers/training_job/validate.h"
#include "webhooks/kind_review.h"

namespace gyre::webhooks {

Result<FieldErrors> review_training_job(const AdmissionRequest& request, const Lookups& lookups) {
  return review_object<TrainingJob>(request, [&](const TrainingJob& job) -> Result<FieldErrors> {
    FieldErrors errors = training_job::check_training_job(job);
    if (!errors.empty()) return errors;
    return check_pod_template(request, lookups, job.spec.template_, "spec.template");
  });
}

}  // namespace gyre::webhooks
