#include "controllers/training_job/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "controllers/common/variables.h"
#include "controllers/training_job/names.h"
#include "controllers/training_job/pod_template.h"

namespace gyre::training_job {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kTorchVariables = {"MASTER_ADDR", "MASTER_PORT", "RANK", "WORLD_SIZE"};

json variable(std::string name, std::string value) { return {{"name", std::move(name)}, {"value", std::move(value)}}; }

// PET_* is read by torchrun, MASTER_* by torch.distributed without it.
void add_torch(json& env, const TrainingJob& job, int attempt) {
  const std::string address =
      needs_service(job.spec) ? attempt_name(job, attempt) + "-0." + service_name(job) : "localhost";
  const std::string port = std::to_string(kRendezvousPort);
  env.push_back(variable("PET_NNODES", std::to_string(job.spec.num_nodes)));
  env.push_back(variable("PET_NPROC_PER_NODE", std::to_string(processes_per_node(job.spec))));
  env.push_back(index_variable("PET_NODE_RANK"));
  env.push_back(variable("PET_MASTER_ADDR", address));
  env.push_back(variable("PET_MASTER_PORT", port));
  env.push_back(variable("MASTER_ADDR", address));
  env.push_back(variable("MASTER_PORT", port));
  // They count processes, so we know them only where each pod is one.
  if (processes_per_node(job.spec) != 1) return;
  env.push_back(index_variable("RANK"));
  env.push_back(variable("WORLD_SIZE", std::to_string(job.spec.num_nodes)));
}

bool has_variable(const json& env, const std::string& name) {
  for (const json& each : env)
    if (member(each, "name") == name) return true;
  return false;
}

}  // namespace

json index_variable(std::string_view name) {
  const std::string path = fmt::format("metadata.annotations['{}']", kIndexAnnotation);
  return {{"name", name}, {"valueFrom", {{"fieldRef", {{"fieldPath", path}}}}}};
}

json make_environment(const TrainingJob& job, int attempt) {
  json env = json::array({variable("GYRE_ATTEMPT", std::to_string(attempt))});
  if (job.spec.seed) env.push_back(variable("GYRE_SEED", std::to_string(*job.spec.seed)));
  if (job.spec.output) env.push_back(variable("GYRE_OUTPUT_DIR", kOutputFolder));
  for (const Dataset& dataset : job.spec.datasets)
    env.push_back(
        variable(variable_name("GYRE_DATASET_", dataset.name), fmt::format("{}/{}", kDatasetsFolder, dataset.name)));
  for (const auto& [name, value] : job.spec.parameters) {
    const std::string env_name = variable_name("GYRE_PARAM_", name);
    if (!has_variable(env, env_name)) env.push_back(variable(env_name, value));
  }
  if (job.spec.framework == Framework::kTorch) add_torch(env, job, attempt);
  if (!has_variable(member(trainer(job.spec), "env"), "PYTHONUNBUFFERED"))
    env.push_back(variable("PYTHONUNBUFFERED", "1"));
  return env;
}

bool is_reserved_variable(std::string_view name, Framework framework) {
  if (name.starts_with("GYRE_") || name == "JOB_COMPLETION_INDEX") return true;
  return framework == Framework::kTorch &&
         (name.starts_with("PET_") || std::ranges::find(kTorchVariables, name) != kTorchVariables.end());
}

}  // namespace gyre::training_job
