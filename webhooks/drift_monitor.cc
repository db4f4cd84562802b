#include "controllers/drift_monitor/validate.h"
#include "crds/v1alpha1/training_job.h"
#include "webhooks/kind_review.h"

namespace gyre::webhooks {

Result<FieldErrors> review_drift_monitor(const AdmissionRequest& request, const Lookups& lookups) {
  return review_object<DriftMonitor>(request, [&](const DriftMonitor& monitor) -> Result<FieldErrors> {
    constexpr char kRetraining[] = "spec.retrain.trainingJob";
    FieldErrors errors = drift_monitor::check_drift_monitor(monitor);
    if (!monitor.spec.retrain) return errors;
    const nlohmann::json& job = monitor.spec.retrain->training_job;
    errors = unknown_fields_at<TrainingJobSpec>(job, kRetraining) + std::move(errors);
    if (!errors.empty()) return errors;
    return check_pod_template(request, lookups, job.value("template", nlohmann::json()),
                              std::string(kRetraining) + ".template");
  });
}

}  // namespace gyre::webhooks
