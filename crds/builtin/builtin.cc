#include "crds/builtin/config_map.h"
#include "crds/builtin/deployment.h"
#include "crds/builtin/job.h"
#include "crds/builtin/lease.h"
#include "crds/builtin/pod.h"
#include "crds/builtin/service.h"
#include "crds/schema/codec_impl.h"

namespace gyre {

const ChildCondition* find_true(const std::vector<ChildCondition>& conditions, std::string_view type) {
  for (const ChildCondition& condition : conditions)
    if (condition.type == type && condition.status == "True") return &condition;
  return nullptr;
}

const ContainerStatus* find_container(const Pod& pod, std::string_view name) {
  for (const auto* list : {&pod.status.container_statuses, &pod.status.init_container_statuses})
    for (const ContainerStatus& container : *list)
      if (container.name == name) return &container;
  return nullptr;
}

bool is_ready(const Pod& pod) { return find_true(pod.status.conditions, "Ready") != nullptr; }

template nlohmann::json schema::to_json(const Pod&);
template Result<Pod> schema::from_json(const nlohmann::json&);
template Result<Pod> schema::from_text(std::string_view);
template Result<Pod> schema::outline_from_text(std::string_view);
template nlohmann::json schema::to_json(const Job&);
template nlohmann::json schema::into_json(Job&&);
template Result<Job> schema::from_json(const nlohmann::json&);
template Result<Job> schema::from_text(std::string_view);
template Result<Job> schema::outline_from_text(std::string_view);
template nlohmann::json schema::to_json(const Service&);
template nlohmann::json schema::into_json(Service&&);
template Result<Service> schema::from_json(const nlohmann::json&);
template Result<Service> schema::from_text(std::string_view);
template Result<Service> schema::outline_from_text(std::string_view);
template nlohmann::json schema::to_json(const ConfigMap&);
template nlohmann::json schema::into_json(ConfigMap&&);
template Result<ConfigMap> schema::from_json(const nlohmann::json&);
template Result<ConfigMap> schema::from_text(std::string_view);
template Result<ConfigMap> schema::outline_from_text(std::string_view);
template nlohmann::json schema::to_json(const Deployment&);
template nlohmann::json schema::into_json(Deployment&&);
template Result<Deployment> schema::from_json(const nlohmann::json&);
template Result<Deployment> schema::from_text(std::string_view);
template Result<Deployment> schema::outline_from_text(std::string_view);
template nlohmann::json schema::to_json(const ControllerRevision&);
template nlohmann::json schema::into_json(ControllerRevision&&);
template Result<ControllerRevision> schema::from_json(const nlohmann::json&);
template Result<ControllerRevision> schema::from_text(std::string_view);
template Result<ControllerRevision> schema::outline_from_text(std::string_view);
template nlohmann::json schema::to_json(const Lease&);
template Result<Lease> schema::from_json(const nlohmann::json&);

}  // namespace gyre
