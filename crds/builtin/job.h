#pragma once

#include "crds/builtin/common.h"

namespace gyre {

struct JobSpec {
  std::optional<std::int32_t> completions;
  std::optional<std::int32_t> parallelism;
  std::optional<std::int32_t> backoff_limit;
  std::optional<std::int64_t> active_deadline_seconds;
  std::optional<std::int64_t> ttl_seconds_after_finished;
  std::optional<bool> suspend;
  std::string completion_mode;         // NonIndexed or Indexed
  std::string pod_replacement_policy;  // TerminatingOrFailed or Failed
  Raw pod_failure_policy;
  Raw template_;
  bool operator==(const JobSpec&) const = default;
};

constexpr auto describe(Type<JobSpec>) {
  using namespace schema;
  using S = JobSpec;
  return object(
      "What a Job runs.", field("completions", &S::completions, ""), field("parallelism", &S::parallelism, ""),
      field("backoffLimit", &S::backoff_limit, ""), field("activeDeadlineSeconds", &S::active_deadline_seconds, ""),
      field("ttlSecondsAfterFinished", &S::ttl_seconds_after_finished, ""), field("suspend", &S::suspend, ""),
      field("completionMode", &S::completion_mode, ""), field("podReplacementPolicy", &S::pod_replacement_policy, ""),
      field("podFailurePolicy", &S::pod_failure_policy, ""), field("template", &S::template_, ""));
}

struct JobStatus {
  std::int32_t active = 0;
  std::int32_t ready = 0;
  std::int32_t succeeded = 0;
  std::int32_t failed = 0;
  std::int32_t terminating = 0;
  std::optional<Time> start_time;
  std::optional<Time> completion_time;
  std::vector<ChildCondition> conditions;
  bool operator==(const JobStatus&) const = default;
};

constexpr auto describe(Type<JobStatus>) {
  using namespace schema;
  using S = JobStatus;
  return object("What has become of a Job.", field("active", &S::active, ""), field("ready", &S::ready, ""),
                field("succeeded", &S::succeeded, ""), field("failed", &S::failed, ""),
                field("terminating", &S::terminating, ""), field("startTime", &S::start_time, ""),
                field("completionTime", &S::completion_time, ""), field("conditions", &S::conditions, ""));
}

struct Job {
  ObjectMeta metadata;
  JobSpec spec;
  JobStatus status;
  bool operator==(const Job&) const = default;
};

constexpr auto describe(Type<Job>) {
  using namespace schema;
  return object("A batch/v1 Job.", field("metadata", &Job::metadata, ""), field("spec", &Job::spec, ""),
                field("status", &Job::status, ""));
}

constexpr Kind kind_of(Type<Job>) { return {"batch", "v1", "Job", "jobs"}; }

}  // namespace gyre
