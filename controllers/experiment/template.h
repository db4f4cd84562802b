#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "crds/v1alpha1/experiment.h"

namespace gyre::experiment {

// A ${trialParameters.<name>} of the template, and a field that uses it: "parameters.c", "args[0]".
struct Placeholder {
  std::string name;
  std::string field;
};
// Each once, with the first field by name.
std::vector<Placeholder> placeholders(const nlohmann::json& trial_template);

// Every string of the template with its placeholders replaced, by trial parameter's name; names without a value stay.
// Strings stay strings, as a pod's arguments, variables and quantities are; only where a TrainingJobSpec has a whole
// number (numNodes, seed, runPolicy) does the text become one.
nlohmann::json render(const nlohmann::json& trial_template, const std::map<std::string, std::string>& values);

// A TrainingJob's spec for these values of the experiment's parameters: the template rendered, and every parameter
// added to `parameters`, unless the template sets one there that the container would see under the same name.
nlohmann::json render_trial(const Experiment& experiment, const std::vector<ParameterAssignment>& assignments);

}  // namespace gyre::experiment
