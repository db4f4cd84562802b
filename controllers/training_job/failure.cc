#include "controllers/training_job/failure.h"

#include <fmt/format.h>

#include <optional>

#include "controllers/training_job/names.h"

namespace gyre::training_job {
namespace {

// A container that ended badly, and when.
struct Casualty {
  std::shared_ptr<const Pod> pod;
  const ContainerStatus* container = nullptr;
  const TerminatedState& state() const { return *container->state.terminated; }
};

// The first trainer to fall is the cause; the others were stopped because of it. Our sidecar is not a cause.
std::optional<Casualty> first_casualty(const std::vector<std::shared_ptr<const Pod>>& pods) {
  std::optional<Casualty> first;
  for (const auto& pod : pods) {
    for (const auto* list : {&pod->status.init_container_statuses, &pod->status.container_statuses}) {
      for (const ContainerStatus& container : *list) {
        if (container.name == kPublish || !container.state.terminated) continue;
        if (container.state.terminated->exit_code == 0) continue;
        const Casualty here{pod, &container};
        if (!first || here.state().finished_at.value_or(Time::max()) < first->state().finished_at.value_or(Time::max()))
          first = here;
      }
    }
  }
  return first;
}

Failure explain(const Casualty& fallen) {
  const std::string& pod = fallen.pod->metadata.name;
  const std::string& container = fallen.container->name;
  const TerminatedState& state = fallen.state();
  if (state.reason == "OOMKilled")
    return {false, "OOMKilled",
            fmt::format("pod {}: container {} was OOMKilled (exit code {}); raise its resources.limits.memory", pod,
                        container, state.exit_code)};
  return {false, "ContainerFailed",
          fmt::format("pod {}: container {} exited with code {}; see kubectl logs {} -c {}", pod, container,
                      state.exit_code, pod, container)};
}

const ContainerStatus* waiting_container(const Pod& pod) {
  for (const auto* list : {&pod.status.init_container_statuses, &pod.status.container_statuses})
    for (const ContainerStatus& container : *list)
      if (container.state.waiting) return &container;
  return nullptr;
}

std::string waiting_text(const Pod& pod) {
  for (const ChildCondition& condition : pod.status.conditions)
    if (condition.type == "PodScheduled" && condition.status == "False")
      return fmt::format("pod {} cannot be scheduled: {}", pod.metadata.name, condition.message);
  const ContainerStatus* container = waiting_container(pod);
  if (!container) return "";
  const std::string& reason = container->state.waiting->reason;
  const std::string where = fmt::format("pod {}: container {}", pod.metadata.name, container->name);
  // The kubelet alternates between the two; one text for both keeps the status still.
  if (reason == "ErrImagePull" || reason == "ImagePullBackOff")
    return fmt::format("{}: image {} cannot be pulled; check its name and the pull secret", where, container->image);
  if (reason == "InvalidImageName" || reason == "CreateContainerConfigError" || reason == "CreateContainerError")
    return fmt::format("{}: {}: {}", where, reason, container->state.waiting->message);
  return "";
}

}  // namespace

Failure explain(const ChildCondition& failed, const std::vector<std::shared_ptr<const Pod>>& pods) {
  // Rule 0 of our pod failure policy; the condition names the pod even when it is gone by now.
  if (failed.reason == "PodFailurePolicy" && failed.message.find("DisruptionTarget") != std::string::npos)
    return {true, "Disrupted", failed.message};
  if (const auto fallen = first_casualty(pods)) return explain(*fallen);
  for (const auto& pod : pods)
    if (!pod->status.reason.empty())
      return {false, pod->status.reason, fmt::format("pod {} failed: {}", pod->metadata.name, pod->status.reason)};
  return {false, failed.reason.empty() ? "JobFailed" : failed.reason, failed.message};
}

std::string waiting_for(const std::vector<std::shared_ptr<const Pod>>& pods) {
  for (const auto& pod : pods)
    if (std::string text = waiting_text(*pod); !text.empty()) return text;
  return "";
}

}  // namespace gyre::training_job
