#include "controllers/training_job/complete.h"

#include "controllers/common/model_versions.h"
#include "controllers/training_job/metrics.h"
#include "controllers/training_job/names.h"
#include "controllers/training_job/status.h"

namespace gyre::training_job {
namespace {

TrainingJobStatus with_results(const Observed& seen, TrainingJobStatus status, const Attempt& attempt) {
  const std::vector<MetricValue> printed =
      seen.trainer_log ? parse_metrics(*seen.trainer_log) : std::vector<MetricValue>();
  status.metrics = merge_metrics(attempt.published ? attempt.published->metrics : printed, printed);
  if (attempt.published) {
    status.output = attempt.published->output;
    status.evaluation_rows = attempt.published->evaluation_rows;
  }
  status.datasets = attempt.datasets;
  status.image = attempt.image;
  const JobStatus& job = attempt.job->status;
  status.replica_statuses = {job.active, job.ready, job.succeeded, job.failed};
  return status;
}

}  // namespace

TrainingPlan complete(const Observed& seen, TrainingPlan plan, const Attempt& attempt) {
  const TrainingJobStatus results = with_results(seen, plan.status, attempt);
  const auto& output = seen.training_job->spec.output;
  if (output && output->model) {
    TrainingJob trained = *seen.training_job;
    trained.status = results;
    const ModelVersion version = make_model_version(trained, *output->model);
    if (seen.version && !is_version_of(*seen.version, trained))
      return name_taken(seen, std::move(plan), "ModelVersion", version.metadata.name);
    if (!seen.version) {
      plan.status.phase = TrainingPhase::kPublishing;
      plan.applies.push_back(child(version));
      return progressing(seen, std::move(plan), "Publishing", "creating ModelVersion " + version.metadata.name);
    }
    plan.status = results;
    plan.status.model_version = version.metadata.name;
  } else {
    plan.status = results;
  }
  return succeeded(seen, with_cost(seen, std::move(plan), attempt));
}

}  // namespace gyre::training_job
