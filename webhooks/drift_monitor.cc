#include "crds/v1alpha1/drift_monitor.h"

#include "controllers/training_job/validate.h"
#include "webhooks/kind_review.h"

namespace gyre::webhooks {
namespace {

constexpr char kRetraining[] = "spec.retrain.trainingJob";

// What is wrong with the spec that retrainings are made from, as if it stood in a TrainingJob.
FieldErrors check_retraining(const nlohmann::json& json) {
  FieldErrors errors = unknown_fields_at<TrainingJobSpec>(json, kRetraining);
  const Result<TrainingJobSpec> spec = schema::from_json<TrainingJobSpec>(json);
  if (!spec) return std::move(errors) + FieldErrors{{kRetraining, spec.error().message}};
  TrainingJob job;
  job.metadata.name = "retraining";
  job.spec = *spec;
  for (schema::FieldError& error : schema::validate(job)) {
    constexpr std::string_view kSpec = "spec.";
    const bool is_below = error.path.starts_with(kSpec);
    errors.push_back({is_below ? std::string(kRetraining) + "." + error.path.substr(kSpec.size()) : kRetraining,
                      std::move(error.message)});
  }
  return errors.empty() ? training_job::check_training_job_spec(*spec, kRetraining) : errors;
}

}  // namespace

Result<FieldErrors> review_drift_monitor(const AdmissionRequest& request, const Lookups& lookups) {
  return review_object<DriftMonitor>(request, [&](const DriftMonitor& monitor) -> Result<FieldErrors> {
    if (!monitor.spec.retrain) return FieldErrors{};
    const nlohmann::json& job = monitor.spec.retrain->training_job;
    FieldErrors errors = check_retraining(job);
    if (!errors.empty()) return errors;
    return check_pod_template(request, lookups, job.value("template", nlohmann::json()),
                              std::string(kRetraining) + ".template");
  });
}

}  // namespace gyre::webhooks
