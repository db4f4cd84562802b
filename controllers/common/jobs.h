#pragma once

#include <optional>

#include "controllers/common/plan.h"
#include "crds/builtin/job.h"
#include "crds/v1alpha1/training_job.h"

namespace gyre {

// A Job to change a live one by: what is there stays as it is. Its template cannot change, and a newer operator would
// render another one.
Job kept(const Job& live);

// The live Job with its numbers put right, when somebody has changed them: pods at once, retries, deadline. Nothing
// when they are as wanted. `suspend` is left to who sets it: that is how queues hold Jobs.
std::optional<Job> corrected(const Job& live, const JobSpec& wanted);

// Whether a training's live limits are as they were written; what was not written is anybody's.
bool says(const RunPolicy& live, const RunPolicy& written);

template <class Status>
Plan<Status> put_right(Plan<Status> plan, const Job& live, const JobSpec& wanted) {
  if (const std::optional<Job> job = corrected(live, wanted)) plan.applies.push_back(child(*job));
  return plan;
}

}  // namespace gyre
