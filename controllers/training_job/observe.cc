#include "controllers/training_job/attempt.h"
#include "controllers/training_job/names.h"
#include "controllers/training_job/reconciler.h"
#include "controllers/training_job/status.h"
#include "operator/runtime/log.h"

namespace gyre::training_job {
namespace {

constexpr int kLogLines = 5000;
constexpr int kLogBytes = 4 << 20;
// A log that cannot be read so long after the end is given up: its pod may be gone.
constexpr Duration kLogPatience = std::chrono::minutes(1);

// The metrics that the trainer printed last are wanted once, when its Job is complete.
Result<std::optional<std::string>> read_log(runtime::Api& api, const Observed& seen) {
  if (is_finished(seen.training_job->status)) return std::nullopt;
  const auto job = find_attempt(seen, seen.training_job->status.attempt);
  if (!job || !find_true(job->status.conditions, "Complete")) return std::nullopt;
  const auto pod = first_pod(seen, *job);
  if (!pod) return std::nullopt;
  Result<std::string> log = api.pod_log(key_of(*pod), kTrainer, kLogLines, kLogBytes);
  if (log) return std::move(*log);
  if (log.error().code == Code::kNotFound) return std::nullopt;
  const bool is_patient = seen.now < job->status.completion_time.value_or(seen.now) + kLogPatience;
  if (!is_patient) {
    log::warn("A log cannot be read: the training ends without the metrics that it printed",
              {{"trainingjob", key_of(*seen.training_job).text()}, {"error", log.error().message}});
    return std::nullopt;
  }
  // Kubelets that keep no logs refuse the call itself, and a missing permission does; the TrainingJob has to end.
  Error error = log.error();
  if (error.code == Code::kInvalid || error.code == Code::kForbidden) error.code = Code::kUnavailable;
  return fail(std::move(error));
}

}  // namespace

Result<Observed> observe(const runtime::Cache& cache, runtime::Api& api, const Key& key, const Options& options,
                         Time now) {
  Observed seen;
  seen.training_job = cache.get<TrainingJob>(key);
  if (!seen.training_job) return fail(Code::kNotFound, "NotFound", "TrainingJob " + key.text() + " is gone");
  const TrainingJob& training = *seen.training_job;
  seen.options = options;
  seen.now = now;
  seen.jobs = cache.owned_by<Job>(training.metadata.uid);
  auto namesake = cache.get<Job>({key.namespace_, attempt_name(training, training.status.attempt)});
  if (namesake && !is_ours(training, namesake->metadata)) seen.jobs.push_back(std::move(namesake));
  seen.pods = cache.labelled<Pod>(key.namespace_, labels::kTrainingJob, service_name(training));
  seen.service = cache.get<Service>({key.namespace_, service_name(training)});
  if (training.spec.output && training.spec.output->model)
    seen.version = cache.get<ModelVersion>(
        {key.namespace_, model_version_name(training.spec.output->model->name, training.metadata.uid)});
  Result<std::optional<std::string>> log = read_log(api, seen);
  if (!log) return fail(std::move(log).error());
  seen.trainer_log = std::move(*log);
  return seen;
}

}  // namespace gyre::training_job
