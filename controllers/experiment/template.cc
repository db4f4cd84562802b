#include "controllers/experiment/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <nlohmann/json.hpp>

#include "controllers/common/variables.h"

namespace gyre::experiment {
namespace {

using nlohmann::json;
using Values = std::map<std::string, std::string>;

constexpr std::string_view kOpen = "${trialParameters.";
constexpr const char* kNumbers[] = {"/numNodes", "/seed", "/runPolicy/backoffLimit", "/runPolicy/activeDeadlineSeconds",
                                    "/runPolicy/ttlSecondsAfterFinished"};

// The text with each placeholder replaced by what `replace` makes of its name.
std::string replaced(const std::string& text, const std::function<std::string(const std::string&)>& replace) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t open = text.find(kOpen); open != std::string::npos; open = text.find(kOpen, at)) {
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) break;
    const std::string name = text.substr(open + kOpen.size(), close - open - kOpen.size());
    out += text.substr(at, open - at) + replace(name);
    at = close + 1;
  }
  return out + text.substr(at);
}

void for_each_text(json& value, const std::function<void(std::string&)>& act) {
  if (value.is_string()) act(value.get_ref<std::string&>());
  if (value.is_structured())
    for (json& item : value) for_each_text(item, act);
}

void look_at_texts(const json& value, const std::string& field,
                   const std::function<void(const std::string& field, const std::string& text)>& look) {
  if (value.is_string()) look(field, value.get_ref<const std::string&>());
  if (value.is_object())
    for (const auto& [name, item] : value.items()) look_at_texts(item, field.empty() ? name : field + "." + name, look);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) look_at_texts(value[i], fmt::format("{}[{}]", field, i), look);
}

void make_number(json& value) {
  if (!value.is_string()) return;
  const std::string& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) value = number;
}

bool is_placeholder(const json& value) {
  return value.is_string() && value.get_ref<const std::string&>().starts_with(kOpen);
}

}  // namespace

std::vector<Placeholder> placeholders(const json& trial_template) {
  std::vector<Placeholder> out;
  const auto note = [&](const std::string& field, const std::string& text) {
    replaced(text, [&](const std::string& name) {
      if (std::ranges::find(out, name, &Placeholder::name) == out.end()) out.push_back({name, field});
      return std::string();
    });
  };
  look_at_texts(trial_template, "", note);
  return out;
}

json render(const json& trial_template, const Values& values) {
  json out = trial_template;
  for_each_text(out, [&](std::string& text) {
    text = replaced(text, [&](const std::string& name) {
      const auto value = values.find(name);
      return value == values.end() ? std::string(kOpen) + name + "}" : value->second;
    });
  });
  for (const char* pointer : kNumbers) {
    const json::json_pointer at(pointer);
    if (trial_template.contains(at) && is_placeholder(trial_template.at(at))) make_number(out.at(at));
  }
  return out;
}

json render_trial(const Experiment& experiment, const std::vector<ParameterAssignment>& assignments) {
  const TrialTemplate& trial = experiment.spec.trial_template;
  Values values;
  for (const TrialParameter& each : trial.trial_parameters) {
    const auto given = std::ranges::find(assignments, each.reference, &ParameterAssignment::name);
    if (given != assignments.end()) values[each.name] = given->value;
  }
  json spec = render(trial.training_job, values);
  if (!spec.is_object()) return spec;
  json& parameters = spec["parameters"];
  if (parameters.is_null()) parameters = json::object();
  if (!parameters.is_object()) return spec;
  std::vector<std::string> taken;
  for (const auto& [name, value] : parameters.items()) taken.push_back(variable_name("GYRE_PARAM_", name));
  for (const ParameterAssignment& each : assignments)
    if (std::ranges::find(taken, variable_name("GYRE_PARAM_", each.name)) == taken.end())
      parameters[each.name] = each.value;
  return spec;
}

}  // namespace gyre::experiment
