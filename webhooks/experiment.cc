#include "crds/v1alpha1/experiment.h"

#include "controllers/experiment/validate.h"
#include "crds/v1alpha1/training_job.h"
#include "webhooks/kind_review.h"

namespace gyre::webhooks {
namespace {

// A search that has ended runs no more trials: a count that is raised now would be ignored in silence.
FieldErrors check_not_ended(const AdmissionRequest& request, const Experiment& search) {
  if (request.operation != Operation::kUpdate) return {};
  const Result<Experiment> before = schema::from_json<Experiment>(request.old_object);
  if (!before || !before->status.completion_time || before->spec == search.spec) return {};
  return {{"spec", "the search has ended and runs no more trials; create another Experiment to go on"}};
}

}  // namespace

Result<FieldErrors> review_experiment(const AdmissionRequest& request, const Lookups& lookups) {
  return review_object<Experiment>(request, [&](const Experiment& search) -> Result<FieldErrors> {
    constexpr char kTrial[] = "spec.trialTemplate.trainingJob";
    FieldErrors errors = unknown_fields_at<TrainingJobSpec>(search.spec.trial_template.training_job, kTrial) +
                         experiment::check_experiment(search) + check_not_ended(request, search);
    if (!errors.empty()) return errors;
    // Placeholders are no quantities and no numbers: what is checked has a trial's values in their places.
    const nlohmann::json trial = experiment::sample_trial(search);
    return check_pod_template(request, lookups, trial.value("template", nlohmann::json()),
                              std::string(kTrial) + ".template");
  });
}

}  // namespace gyre::webhooks
