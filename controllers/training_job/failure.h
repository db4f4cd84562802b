#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crds/builtin/pod.h"

namespace gyre::training_job {

// Why an attempt failed.
struct Failure {
  bool is_disruption = false;  // The cluster ended it, not the training.
  std::string reason;          // CamelCase
  std::string message;         // Pod, container, exit code, what to do.
};

// From the Job's condition Failed, which outlives its pods, and from those pods that are still there.
Failure explain(const ChildCondition& failed, const std::vector<std::shared_ptr<const Pod>>& pods);

// What a pod that does not run yet waits for, as far as a person should know; empty when all goes well. The text does
// not change while the cause does not.
std::string waiting_for(const std::vector<std::shared_ptr<const Pod>>& pods);

}  // namespace gyre::training_job
