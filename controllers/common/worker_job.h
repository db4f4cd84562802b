#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crds/builtin/job.h"
#include "crds/builtin/pod.h"
#include "operator/base/clock.h"

namespace gyre {

// How the pods of a Job of our worker fare. Pods of other Jobs are passed over.

// The one container of such a Job; its termination message is the outcome.
inline constexpr char kWorkerContainer[] = "worker";
// How long a finished Job's pod may take to reach our cache; afterwards it counts as gone.
inline constexpr Duration kPodLag = std::chrono::seconds(30);

// The worker's last end, one with exit code 0 before any other; null when no pod tells of one.
const TerminatedState* last_end(const std::vector<std::shared_ptr<const Pod>>& pods, const Job& job);

// Why a pod does not run yet, for people; empty when nothing is known.
std::string waiting_trouble(const std::vector<std::shared_ptr<const Pod>>& pods, const Job& job);

}  // namespace gyre
