#include "controllers/experiment/validate.h"

#include <gmock/gmock.h>

#include "tests/controllers/experiment/world.h"

namespace gyre::experiment {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Refused {
  const char* what;
  std::function<void(ExperimentSpec&)> change;
  const char* path;
  const char* message;
};

nlohmann::json& trial(ExperimentSpec& spec) { return spec.trial_template.training_job; }

std::vector<Refused> refused() {
  return {
      {"log of zero", [](auto& s) { s.parameters[0].feasible_space.min = "0"; }, "spec.parameters[0].feasibleSpace.min",
       "greater than 0"},
      {"no choices", [](auto& s) { s.parameters[2].feasible_space.list = {}; }, "spec.parameters[2].feasibleSpace.list",
       "list: [a, b]"},
      {"two parameters of one variable", [](auto& s) { s.parameters[2].name = "LR"; }, "spec.parameters[2].name",
       "GYRE_PARAM_LR"},
      {"no name of a variable", [](auto& s) { s.parameters[2].name = "a b"; }, "spec.parameters[2].name", "letters"},
      {"a reference that is not in the space", [](auto& s) { s.trial_template.trial_parameters[0].reference = "rl"; },
       "spec.trialTemplate.trialParameters[0].reference",
       "\"rl\" is not in spec.parameters; write one of lr, nodes, opt"},
      {"a placeholder that is not declared", [](auto& s) { s.trial_template.trial_parameters.pop_back(); },
       "spec.trialTemplate.trainingJob.numNodes", "uses ${trialParameters.workers}"},
      {"a placeholder in a list",
       [](auto& s) { s.trial_template.trial_parameters.erase(s.trial_template.trial_parameters.begin()); },
       "spec.trialTemplate.trainingJob.template.spec.containers[0].command[1]", "uses ${trialParameters.rate}"},
      {"a grid over a line", [](auto& s) { s.algorithm.algorithm_name = AlgorithmName::kGrid; },
       "spec.parameters[0].feasibleSpace.step", "grid"},
      {"settings of random", [](auto& s) { s.algorithm.algorithm_settings = {{"gamma", "0.1"}}; },
       "spec.algorithm.algorithmSettings", "tpe"},
      {"a setting that tpe does not have", [](auto& s) { s.algorithm = {AlgorithmName::kTpe, {{"gama", "0.1"}}}; },
       "spec.algorithm.algorithmSettings[0].name", "gamma"},
      {"more at once than at all", [](auto& s) { s.parallel_trial_count = 5; }, "spec.parallelTrialCount",
       "lower it to 4"},
      {"a trial that deletes itself", [](auto& s) { trial(s)["runPolicy"]["ttlSecondsAfterFinished"] = 5; },
       "spec.trialTemplate.trainingJob.runPolicy.ttlSecondsAfterFinished", "history"},
      {"a trial that suspends itself", [](auto& s) { trial(s)["suspend"] = true; },
       "spec.trialTemplate.trainingJob.suspend", "spec.suspend"},
      {"a version of every trial", [](auto& s) { trial(s)["output"]["model"]["name"] = "digits"; },
       "spec.trialTemplate.trainingJob.output.model", "onSuccess"},
      {"a version of nothing",
       [](auto& s) {
         trial(s).erase("output");
         s.on_success = ExperimentSuccess{ModelOutput{"digits", {}, {}}};
       },
       "spec.trialTemplate.trainingJob.output.uri", "onSuccess"},
      {"no pod", [](auto& s) { trial(s).erase("template"); }, "spec.trialTemplate.trainingJob.template", "is required"},
      {"a wrong type", [](auto& s) { trial(s)["runPolicy"] = "often"; }, "spec.trialTemplate.trainingJob.runPolicy",
       "must be an object"},
      {"a value that is out of range", [](auto& s) { s.parameters[1].feasible_space = {"2000", "3000"}; },
       "spec.trialTemplate.trainingJob.numNodes", "1000"},
      {"no container trainer", [](auto& s) { trial(s)["template"]["spec"]["containers"][0]["name"] = "main"; },
       "spec.trialTemplate.trainingJob.template.spec.containers", "trainer"},
  };
}

TEST(CheckExperiment, AcceptsWhatMakesSense) { EXPECT_THAT(check_experiment(sample_experiment()), IsEmpty()); }

TEST(CheckExperiment, SaysWhereAndWhatToWrite) {
  for (const Refused& each : refused()) {
    Experiment experiment = sample_experiment();
    each.change(experiment.spec);
    const auto errors = check_experiment(experiment);
    ASSERT_EQ(errors.size(), 1U) << each.what;
    EXPECT_EQ(errors[0].path, each.path) << each.what;
    EXPECT_THAT(errors[0].message, HasSubstr(each.message)) << each.what;
  }
}

TEST(SampleTrial, HasAllPlaceholdersReplaced) {
  const nlohmann::json sample = sample_trial(sample_experiment());
  EXPECT_THAT(sample.dump(), testing::Not(HasSubstr("trialParameters")));
  EXPECT_TRUE(sample["numNodes"].is_number_integer());
  EXPECT_TRUE(sample["template"]["spec"]["containers"][0]["env"][1]["value"].is_string());
}

}  // namespace
}  // namespace gyre::experiment
