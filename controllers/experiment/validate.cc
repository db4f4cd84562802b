#include "controllers/experiment/validate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/variables.h"
#include "controllers/experiment/resources.h"
#include "controllers/experiment/search/suggest.h"
#include "controllers/experiment/template.h"
#include "controllers/training_job/validate.h"

namespace gyre::experiment {
namespace {

using nlohmann::json;
using Errors = std::vector<schema::FieldError>;
using Check = Errors (*)(const Experiment&);

constexpr char kTemplate[] = "spec.trialTemplate.trainingJob";

std::vector<std::string> names_of(const auto& items) {
  std::vector<std::string> out;
  for (const auto& each : items) out.push_back(each.name);
  return out;
}

Errors check_space(const Experiment& experiment) {
  Errors out;
  std::map<std::string, std::string> variables;
  for (std::size_t i = 0; i < experiment.spec.parameters.size(); ++i) {
    const ParameterSpec& each = experiment.spec.parameters[i];
    const std::string path = fmt::format("spec.parameters[{}].", i);
    if (const auto dimension = search::parse_dimension(each); !dimension)
      out.push_back({path + dimension.error().path, dimension.error().message});
    const std::string variable = variable_name("GYRE_PARAM_", each.name);
    if (each.name.empty() || !is_variable_name(variable))
      out.push_back({path + "name", fmt::format("\"{}\" makes no name of a variable (GYRE_PARAM_<NAME>); use letters, "
                                                "digits, -, _ and .",
                                                each.name)});
    const auto [other, is_new] = variables.emplace(variable, each.name);
    if (!is_new)
      out.push_back({path + "name", fmt::format("{} and {} are both {} in the container; rename one", other->second,
                                                each.name, variable)});
  }
  return out;
}

Errors check_algorithm(const Experiment& experiment) {
  const Algorithm& algorithm = experiment.spec.algorithm;
  if (algorithm.algorithm_name == AlgorithmName::kTpe) {
    const auto settings = search::parse_tpe_settings(algorithm);
    if (!settings) return {{"spec.algorithm." + settings.error().path, settings.error().message}};
  } else if (!algorithm.algorithm_settings.empty()) {
    return {{"spec.algorithm.algorithmSettings", "are for tpe; random and grid have none, so leave them out"}};
  }
  if (algorithm.algorithm_name != AlgorithmName::kGrid) return {};
  Errors out;
  for (std::size_t i = 0; i < experiment.spec.parameters.size(); ++i)
    if (const auto dimension = search::parse_dimension(experiment.spec.parameters[i]);
        dimension && !search::value_count(*dimension))
      out.push_back({fmt::format("spec.parameters[{}].feasibleSpace.step", i),
                     "is needed: a grid over a double has points only at uniform steps, for example step: \"0.1\""});
  return out;
}

Errors check_counts(const Experiment& experiment) {
  const ExperimentSpec& spec = experiment.spec;
  if (spec.parallel_trial_count <= spec.max_trial_count) return {};
  return {
      {"spec.parallelTrialCount", fmt::format("is {}, more than maxTrialCount, which is {}; lower it to {} or less",
                                              spec.parallel_trial_count, spec.max_trial_count, spec.max_trial_count)}};
}

Errors check_references(const Experiment& experiment) {
  Errors out;
  const TrialTemplate& trial = experiment.spec.trial_template;
  const std::vector<std::string> parameters = names_of(experiment.spec.parameters);
  const std::vector<std::string> known = names_of(trial.trial_parameters);
  for (std::size_t i = 0; i < trial.trial_parameters.size(); ++i)
    if (const std::string& reference = trial.trial_parameters[i].reference;
        std::ranges::find(parameters, reference) == parameters.end())
      out.push_back(
          {fmt::format("spec.trialTemplate.trialParameters[{}].reference", i),
           fmt::format("\"{}\" is not in spec.parameters; write one of {}", reference, fmt::join(parameters, ", "))});
  for (const auto& [name, field] : placeholders(trial.training_job))
    if (std::ranges::find(known, name) == known.end())
      out.push_back(
          {fmt::format("{}.{}", kTemplate, field),
           fmt::format("uses ${{trialParameters.{}}}, which spec.trialTemplate.trialParameters does not have; {}", name,
                       known.empty() ? "add it there" : fmt::format("add it, or use {}", fmt::join(known, ", ")))});
  return out;
}

bool is_set(const json& object, const char* pointer) {
  const json::json_pointer at(pointer);
  return object.contains(at) && !object.at(at).is_null();
}

// What of a TrainingJob is not a trial's own to decide.
Errors check_reserved(const Experiment& experiment) {
  const json& trial = experiment.spec.trial_template.training_job;
  Errors out;
  if (is_set(trial, "/suspend"))
    out.push_back({std::string(kTemplate) + ".suspend", "is the Experiment's: use spec.suspend, and remove it here"});
  if (is_set(trial, "/runPolicy/ttlSecondsAfterFinished"))
    out.push_back({std::string(kTemplate) + ".runPolicy.ttlSecondsAfterFinished",
                   "is not for trials: they are the search's history and go with the Experiment; remove it"});
  if (is_set(trial, "/output/model"))
    out.push_back({std::string(kTemplate) + ".output.model",
                   "is not for trials: only the best becomes a ModelVersion; use spec.onSuccess.createModelVersion"});
  const auto& success = experiment.spec.on_success;
  if (success && success->create_model_version && !is_set(trial, "/output/uri"))
    out.push_back({std::string(kTemplate) + ".output.uri",
                   "is needed by onSuccess.createModelVersion: write where the model goes, as pvc://<claim>/<path>"});
  return out;
}

constexpr Check kChecks[] = {check_space, check_algorithm, check_counts, check_references, check_reserved};

}  // namespace

Errors check_experiment(const Experiment& experiment) {
  Errors out;
  for (const Check check : kChecks)
    for (schema::FieldError& error : check(experiment)) out.push_back(std::move(error));
  // Values for a sample exist only where the space makes sense.
  return out.empty() ? training_job::check_embedded(sample_trial(experiment), kTemplate) : out;
}

json sample_trial(const Experiment& experiment) {
  std::vector<ParameterAssignment> assignments;
  const search::Space space = search::parse_space(experiment.spec.parameters).value_or(search::Space());
  const search::Point point = search::suggest_random(space, experiment.spec.algorithm.seed, 0);
  for (std::size_t i = 0; i < space.size(); ++i)
    assignments.push_back({space[i].name, search::format_value(space[i], point[i])});
  return render_trial(experiment, assignments);
}

}  // namespace gyre::experiment
