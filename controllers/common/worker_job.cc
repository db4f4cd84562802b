#include "controllers/common/worker_job.h"

#include <fmt/format.h>

#include "controllers/common/metadata.h"

namespace gyre {
namespace {

const TerminatedState* terminated_state(const Pod& pod) {
  const ContainerStatus* worker = find_container(pod, kWorkerContainer);
  return worker && worker->state.terminated ? &*worker->state.terminated : nullptr;
}

std::string pod_trouble(const Pod& pod) {
  for (const ChildCondition& condition : pod.status.conditions)
    if (condition.type == "PodScheduled" && condition.status == "False")
      return fmt::format("pod {} is not scheduled: {}", pod.metadata.name, condition.message);
  const ContainerStatus* worker = find_container(pod, kWorkerContainer);
  if (!worker || !worker->state.waiting || worker->state.waiting->reason == "ContainerCreating") return "";
  return fmt::format("pod {} waits: {} {}", pod.metadata.name, worker->state.waiting->reason,
                     worker->state.waiting->message);
}

}  // namespace

const TerminatedState* last_end(const std::vector<std::shared_ptr<const Pod>>& pods, const Job& job) {
  const TerminatedState* last = nullptr;
  const auto rank = [](const TerminatedState& end) { return std::pair(end.exit_code == 0, end.finished_at); };
  for (const auto& pod : pods) {
    const TerminatedState* end = is_controlled_by(pod->metadata, job.metadata.uid) ? terminated_state(*pod) : nullptr;
    if (end && (!last || rank(*end) > rank(*last))) last = end;
  }
  return last;
}

std::string waiting_trouble(const std::vector<std::shared_ptr<const Pod>>& pods, const Job& job) {
  for (const auto& pod : pods) {
    const std::string trouble = is_controlled_by(pod->metadata, job.metadata.uid) ? pod_trouble(*pod) : "";
    if (!trouble.empty()) return trouble;
  }
  return "";
}

}  // namespace gyre
