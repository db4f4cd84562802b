#include "controllers/training_job/pod_template.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "controllers/training_job/names.h"
#include "controllers/training_job/quantity.h"

namespace gyre::training_job {
namespace {

using nlohmann::json;

const json kNull;

bool is_gpu(std::string_view resource) {
  return resource == "nvidia.com/gpu" || resource == "amd.com/gpu" || resource.starts_with("nvidia.com/mig-");
}

}  // namespace

const json& member(const json& object, std::string_view name) {
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

const json& pod_spec(const TrainingJobSpec& spec) { return member(spec.template_, "spec"); }

const json& trainer(const TrainingJobSpec& spec) {
  for (const json& container : member(pod_spec(spec), "containers"))
    if (member(container, "name") == kTrainer) return container;
  return kNull;
}

std::int64_t gpus_per_node(const TrainingJobSpec& spec) {
  const json& limits = member(member(trainer(spec), "resources"), "limits");
  if (!limits.is_object()) return 0;
  std::int64_t sum = 0;
  for (const auto& [resource, amount] : limits.items())
    if (is_gpu(resource)) sum += whole_quantity(amount).value_or(0);
  return sum;
}

std::optional<std::int64_t> memory_limit(const TrainingJobSpec& spec) {
  return whole_quantity(member(member(member(trainer(spec), "resources"), "limits"), "memory"));
}

std::int64_t processes_per_node(const TrainingJobSpec& spec) {
  if (spec.num_proc_per_node != "auto") return whole_quantity(spec.num_proc_per_node).value_or(1);
  return std::max<std::int64_t>(1, gpus_per_node(spec));
}

bool needs_service(const TrainingJobSpec& spec) { return spec.num_nodes > 1; }

bool needs_shared_memory(const TrainingJobSpec& spec) {
  if (mounts(trainer(spec), "/dev/shm")) return false;
  return spec.shared_memory || spec.num_nodes > 1 || gpus_per_node(spec) > 1;
}

bool mounts(const json& container, std::string_view path) {
  for (const json& mount : member(container, "volumeMounts"))
    if (member(mount, "mountPath") == path) return true;
  return false;
}

}  // namespace gyre::training_job
