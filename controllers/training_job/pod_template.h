#pragma once

// Reads the user's pod template, which is raw JSON that nobody has checked yet: nothing here throws on odd types.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "crds/v1alpha1/training_job.h"

namespace gyre::training_job {

// The member of that name, or null: also when `object` is no object.
const nlohmann::json& member(const nlohmann::json& object, std::string_view name);
// spec of the pod template, or null.
const nlohmann::json& pod_spec(const TrainingJobSpec& spec);
// The container "trainer", or null.
const nlohmann::json& trainer(const TrainingJobSpec& spec);

// GPUs in the trainer's limits: nvidia.com/gpu, nvidia.com/mig-*, amd.com/gpu.
std::int64_t gpus_per_node(const TrainingJobSpec& spec);
// The trainer's memory limit in bytes.
std::optional<std::int64_t> memory_limit(const TrainingJobSpec& spec);
// numProcPerNode, "auto" resolved.
std::int64_t processes_per_node(const TrainingJobSpec& spec);

// Whether pods find one another by name through a headless Service.
bool needs_service(const TrainingJobSpec& spec);
// Whether the trainer gets a memory-backed /dev/shm.
bool needs_shared_memory(const TrainingJobSpec& spec);
// Whether the trainer mounts something at that path itself.
bool mounts(const nlohmann::json& container, std::string_view path);

}  // namespace gyre::training_job
