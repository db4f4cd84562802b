#include "controllers/training_job/validate.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "controllers/common/pod_checks.h"
#include "controllers/common/variables.h"
#include "controllers/training_job/environment.h"
#include "controllers/training_job/names.h"
#include "controllers/training_job/pod_template.h"
#include "controllers/training_job/quantity.h"

namespace gyre::training_job {
namespace {

using nlohmann::json;
using Errors = std::vector<schema::FieldError>;
using Check = Errors (*)(const TrainingJobSpec&);

std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

Errors check_trainer(const TrainingJobSpec& spec) {
  if (!pod_spec(spec).is_object())
    return {{"template.spec", "is required; write a pod spec with a container \"trainer\""}};
  const json& containers = member(pod_spec(spec), "containers");
  std::string names;
  for (const json& container : containers) names += (names.empty() ? "" : ", ") + text_of(member(container, "name"));
  if (!trainer(spec).is_null()) return {};
  return {{"template.spec.containers",
           fmt::format("needs a container named trainer, the one that trains; there is {}; rename it",
                       names.empty() ? "none" : names)}};
}

Errors check_ours(const TrainingJobSpec& spec) {
  Errors out;
  for (schema::FieldError& error : check_reserved(spec.template_))
    out.push_back({"template." + error.path, std::move(error.message)});
  return out;
}

Errors check_pod(const TrainingJobSpec& spec) {
  Errors out;
  const json& restart = member(pod_spec(spec), "restartPolicy");
  if (!restart.is_null() && restart != "Never")
    out.push_back(
        {"template.spec.restartPolicy",
         "must be Never, or left out: a failed attempt is followed by a new one; see runPolicy.backoffLimit"});
  if (needs_service(spec) && member(pod_spec(spec), "subdomain").is_string())
    out.push_back({"template.spec.subdomain", "is set by the operator, so that the pods find one another; remove it"});
  return out;
}

Errors check_variables(const TrainingJobSpec& spec) {
  Errors out;
  int container_index = 0;
  for (const json& container : member(pod_spec(spec), "containers")) {
    int index = 0;
    for (const json& variable : member(container, "env")) {
      const std::string name = text_of(member(variable, "name"));
      if (member(container, "name") == kTrainer && is_reserved_variable(name, spec.framework))
        out.push_back({fmt::format("template.spec.containers[{}].env[{}].name", container_index, index),
                       name + " is set by the operator; remove it, or choose another name"});
      ++index;
    }
    ++container_index;
  }
  return out;
}

Errors check_parameters(const TrainingJobSpec& spec) {
  Errors out;
  std::map<std::string, std::string> taken;
  for (const auto& [name, value] : spec.parameters) {
    const std::string variable = variable_name("GYRE_PARAM_", name);
    if (name.empty() || !is_variable_name(variable))
      out.push_back(
          {"parameters", fmt::format("\"{}\" makes no name of a variable; use letters, digits, -, _ and .", name)});
    const auto [other, is_new] = taken.emplace(variable, name);
    if (!is_new)
      out.push_back({"parameters",
                     fmt::format("{} and {} are both {} in the container; rename one", other->second, name, variable)});
  }
  return out;
}

Errors check_processes(const TrainingJobSpec& spec) {
  if (spec.framework == Framework::kTorch || spec.num_proc_per_node == "auto") return {};
  return {{"numProcPerNode", "is used by framework: torch only; set that, or remove numProcPerNode"}};
}

Errors check_shared_memory(const TrainingJobSpec& spec) {
  if (!spec.shared_memory) return {};
  if (mounts(trainer(spec), "/dev/shm"))
    return {{"sharedMemory", "the container trainer mounts /dev/shm itself; remove that mount, or sharedMemory"}};
  const auto size = whole_quantity(json(spec.shared_memory->size_limit));
  const auto limit = memory_limit(spec);
  if (!size || !limit || *size <= *limit) return {};
  return {{"sharedMemory.sizeLimit",
           fmt::format("{} exceeds the trainer's resources.limits.memory {}, against which it counts; raise the "
                       "limit or lower this",
                       spec.shared_memory->size_limit,
                       text_of(member(member(member(trainer(spec), "resources"), "limits"), "memory")))}};
}

// "numNodes: must be an integer, not string", said of a spec at `path` of another object.
schema::FieldError unreadable(const std::string& message, const std::string& path) {
  const std::size_t colon = message.find(": ");
  const std::string field = message.substr(0, colon == std::string::npos ? 0 : colon);
  if (field.find(' ') != std::string::npos || colon == std::string::npos) return {path, message};
  return {field.empty() ? path : path + "." + field, message.substr(colon + 2)};
}

constexpr Check kChecks[] = {check_trainer,    check_ours,      check_pod,          check_variables,
                             check_parameters, check_processes, check_shared_memory};

}  // namespace

std::vector<schema::FieldError> check_training_job_spec(const TrainingJobSpec& spec, const std::string& path) {
  Errors out;
  for (const Check check : kChecks)
    for (schema::FieldError& error : check(spec)) out.push_back({path + "." + error.path, std::move(error.message)});
  return out;
}

std::vector<schema::FieldError> check_embedded(const json& raw, const std::string& path) {
  const Result<TrainingJobSpec> spec = schema::from_json<TrainingJobSpec>(raw);
  if (!spec) return {unreadable(spec.error().message, path)};
  TrainingJob job;
  job.metadata.name = "embedded";
  job.spec = *spec;
  Errors out;
  constexpr std::string_view kSpec = "spec";
  for (schema::FieldError& error : schema::validate(job))
    out.push_back({path + error.path.substr(std::min(error.path.size(), kSpec.size())), std::move(error.message)});
  return out.empty() ? check_training_job_spec(*spec, path) : out;
}

std::vector<schema::FieldError> check_training_job(const TrainingJob& job) {
  return check_training_job_spec(job.spec, "spec");
}

}  // namespace gyre::training_job
