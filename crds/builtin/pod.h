#pragma once

#include "crds/builtin/common.h"

namespace gyre {

struct TerminatedState {
  std::int32_t exit_code = 0;
  std::string reason;
  std::string message;
  std::optional<Time> finished_at;
  bool operator==(const TerminatedState&) const = default;
};

constexpr auto describe(Type<TerminatedState>) {
  using namespace schema;
  using S = TerminatedState;
  return object("A container that has ended.", field("exitCode", &S::exit_code, ""), field("reason", &S::reason, ""),
                field("message", &S::message, "Its termination message."), field("finishedAt", &S::finished_at, ""));
}

struct WaitingState {
  std::string reason;
  std::string message;
  bool operator==(const WaitingState&) const = default;
};

constexpr auto describe(Type<WaitingState>) {
  using namespace schema;
  return object("A container that waits.", field("reason", &WaitingState::reason, ""),
                field("message", &WaitingState::message, ""));
}

struct ContainerState {
  std::optional<WaitingState> waiting;
  std::optional<TerminatedState> terminated;
  bool operator==(const ContainerState&) const = default;
};

constexpr auto describe(Type<ContainerState>) {
  using namespace schema;
  return object("What a container does; running when neither is set.", field("waiting", &ContainerState::waiting, ""),
                field("terminated", &ContainerState::terminated, ""));
}

struct ContainerStatus {
  std::string name;
  bool ready = false;
  std::int32_t restart_count = 0;
  std::string image;
  std::string image_id;
  ContainerState state;
  ContainerState last_state;
  bool operator==(const ContainerStatus&) const = default;
};

constexpr auto describe(Type<ContainerStatus>) {
  using namespace schema;
  using S = ContainerStatus;
  return object("A container's status.", field("name", &S::name, ""), field("ready", &S::ready, ""),
                field("restartCount", &S::restart_count, ""), field("image", &S::image, ""),
                field("imageID", &S::image_id, ""), field("state", &S::state, ""),
                field("lastState", &S::last_state, ""));
}

struct PodStatus {
  std::string phase;  // Pending, Running, Succeeded, Failed or Unknown
  std::string reason;
  std::string pod_ip;
  std::optional<Time> start_time;
  std::vector<ChildCondition> conditions;
  std::vector<ContainerStatus> init_container_statuses;
  std::vector<ContainerStatus> container_statuses;
  bool operator==(const PodStatus&) const = default;
};

constexpr auto describe(Type<PodStatus>) {
  using namespace schema;
  using S = PodStatus;
  return object("A pod's status.", field("phase", &S::phase, ""), field("reason", &S::reason, ""),
                field("podIP", &S::pod_ip, ""), field("startTime", &S::start_time, ""),
                field("conditions", &S::conditions, ""),
                field("initContainerStatuses", &S::init_container_statuses, ""),
                field("containerStatuses", &S::container_statuses, ""));
}

struct PodSpec {
  std::string node_name;
  std::string service_account_name;
  bool operator==(const PodSpec&) const = default;
};

constexpr auto describe(Type<PodSpec>) {
  using namespace schema;
  return object("What we read of a pod's spec.", field("nodeName", &PodSpec::node_name, ""),
                field("serviceAccountName", &PodSpec::service_account_name, ""));
}

// Read only: our pods are made by Jobs and Deployments.
struct Pod {
  ObjectMeta metadata;
  PodSpec spec;
  PodStatus status;
  bool operator==(const Pod&) const = default;
};

constexpr auto describe(Type<Pod>) {
  using namespace schema;
  return object("A pod.", field("metadata", &Pod::metadata, ""), field("spec", &Pod::spec, ""),
                field("status", &Pod::status, ""));
}

constexpr Kind kind_of(Type<Pod>) { return {"", "v1", "Pod", "pods"}; }

// The status of the container or init container of that name, or null.
const ContainerStatus* find_container(const Pod& pod, std::string_view name);
bool is_ready(const Pod& pod);

}  // namespace gyre
