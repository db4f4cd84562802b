#include <gmock/gmock.h>

#include "tests/controllers/experiment/world.h"

namespace gyre::experiment {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Change = std::function<void(World&)>;

// Each step changes the world, which then settles; then what is to be seen is compared.
struct Case {
  std::string name;
  Experiment experiment;
  std::vector<Change> steps;
  ExperimentPhase phase;
  TrialCounts trials;
  std::string condition;  // "Complete=True/GoalReached"
};

Experiment with(const std::function<void(ExperimentSpec&)>& change) {
  Experiment out = sample_experiment();
  change(out.spec);
  return out;
}

Change prints(int index, std::string value) {
  return [=](World& world) { world.trial_prints(index, value); };
}
Change fails(int index) {
  return [=](World& world) { world.trial_fails(index); };
}
Change spec(std::function<void(ExperimentSpec&)> change) {
  return [=](World& world) { world.spec(change); };
}

Experiment grid() {
  return with([](ExperimentSpec& spec) {
    spec.algorithm.algorithm_name = AlgorithmName::kGrid;
    spec.parameters.erase(spec.parameters.begin());
    spec.parameters[0].feasible_space.max = "2";
    spec.parameters.pop_back();
    spec.trial_template.trial_parameters = {{"workers", "nodes"}, {"rate", "nodes"}};
  });
}

std::vector<Case> cases() {
  const auto suspend = spec([](ExperimentSpec& s) { s.suspend = true; });
  const auto resume = spec([](ExperimentSpec& s) { s.suspend = false; });
  const auto maximise_to = [](double goal) { return with([=](ExperimentSpec& s) { s.objective.goal = goal; }); };
  return {
      {"a new experiment starts as many trials as may run at once",
       sample_experiment(),
       {},
       ExperimentPhase::kRunning,
       {2, 2, 0, 0},
       "Progressing=True/Searching"},
      {"a trial that succeeds is followed by another",
       sample_experiment(),
       {prints(0, "0.9")},
       ExperimentPhase::kRunning,
       {3, 2, 1, 0},
       "Complete=False/Searching"},
      {"no more trials start than may succeed",
       sample_experiment(),
       {prints(0, "0.9"), prints(1, "0.8"), prints(2, "0.7")},
       ExperimentPhase::kRunning,
       {4, 1, 3, 0},
       "Progressing=True/Searching"},
      {"enough successes end the search",
       sample_experiment(),
       {prints(0, "0.9"), prints(1, "0.8"), prints(2, "0.7"), prints(3, "0.6")},
       ExperimentPhase::kSucceeded,
       {4, 0, 4, 0},
       "Complete=True/MaxTrialsReached"},
      {"a failed trial is replaced",
       sample_experiment(),
       {fails(0)},
       ExperimentPhase::kRunning,
       {3, 2, 0, 1},
       "Progressing=True/Searching"},
      {"one failure too many fails the search and stops the others",
       sample_experiment(),
       {fails(0), fails(1)},
       ExperimentPhase::kFailed,
       {3, 1, 0, 2},
       "Failed=True/TooManyFailedTrials"},
      {"a trial without the metric has failed",
       sample_experiment(),
       {[](World& world) { world.trial_prints_nothing(0); }},
       ExperimentPhase::kRunning,
       {3, 2, 0, 1},
       "Progressing=True/Searching"},
      {"not a number is a failure",
       sample_experiment(),
       {prints(0, "NaN")},
       ExperimentPhase::kRunning,
       {3, 2, 0, 1},
       "Progressing=True/Searching"},
      {"an infinity never wins",
       sample_experiment(),
       {prints(0, "Infinity")},
       ExperimentPhase::kRunning,
       {3, 2, 0, 1},
       "Progressing=True/Searching"},
      {"a goal that is reached ends the search and stops what runs",
       maximise_to(0.95),
       {prints(1, "0.96")},
       ExperimentPhase::kSucceeded,
       {1, 0, 1, 0},
       "Complete=True/GoalReached"},
      {"a goal that is missed does not",
       maximise_to(0.95),
       {prints(1, "0.94")},
       ExperimentPhase::kRunning,
       {3, 2, 1, 0},
       "Progressing=True/Searching"},
      {"a smaller value reaches a goal that is minimised",
       with([](ExperimentSpec& s) { s.objective = {"accuracy", ObjectiveType::kMinimize, 0.5}; }),
       {prints(0, "0.4")},
       ExperimentPhase::kSucceeded,
       {1, 0, 1, 0},
       "Complete=True/GoalReached"},
      {"a grid ends when every point was tried",
       grid(),
       {prints(0, "0.9"), prints(1, "0.8")},
       ExperimentPhase::kSucceeded,
       {2, 0, 2, 0},
       "Complete=True/SearchSpaceExhausted"},
      {"a grid whose points all fail has failed",
       [] {
         auto e = grid();
         e.spec.max_failed_trial_count = 9;
         return e;
       }(),
       {fails(0), fails(1)},
       ExperimentPhase::kFailed,
       {2, 0, 0, 2},
       "Failed=True/NoTrialSucceeded"},
      {"suspension starts nothing",
       sample_experiment(),
       {suspend, prints(0, "0.9")},
       ExperimentPhase::kSuspended,
       {2, 1, 1, 0},
       "Suspended=True/Suspended"},
      {"resumption goes on",
       sample_experiment(),
       {suspend, prints(0, "0.9"), resume},
       ExperimentPhase::kRunning,
       {3, 2, 1, 0},
       "Suspended=False/Resumed"},
      {"a trial that was deleted runs again",
       sample_experiment(),
       {[](World& world) { world.trial_gone(0); }},
       ExperimentPhase::kRunning,
       {2, 2, 0, 0},
       "Progressing=True/Searching"},
      {"a spec that admission did not see waits for a person",
       with([](ExperimentSpec& s) { s.parameters[0].feasible_space.min = "0"; }),
       {},
       ExperimentPhase::kPending,
       {},
       "Stalled=True/InvalidSpec"},
      {"lowering the number of trials ends the search",
       sample_experiment(),
       {prints(0, "0.9"), spec([](ExperimentSpec& s) { s.parallel_trial_count = s.max_trial_count = 1; })},
       ExperimentPhase::kSucceeded,
       {1, 0, 1, 0},
       "Complete=True/MaxTrialsReached"},
  };
}

class Decide : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Table, Decide, testing::ValuesIn(cases()), [](const auto& info) {
  std::string name = info.param.name;
  std::ranges::replace_if(name, [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
});

TEST_P(Decide, SettlesWhereTheTableSays) {
  const Case& want = GetParam();
  World world(want.experiment);
  EXPECT_GE(world.settle(), 0) << "does not settle";
  for (const Change& step : want.steps) {
    step(world);
    EXPECT_GE(world.settle(), 0) << "does not settle";
  }
  EXPECT_EQ(world.status().phase, want.phase);
  EXPECT_EQ(world.status().trials, want.trials);
  const auto equals = want.condition.find('=');
  EXPECT_EQ(world.condition(want.condition.substr(0, equals)), want.condition.substr(equals + 1));
  EXPECT_EQ(world.status().observed_generation, world.experiment().metadata.generation);
}

World settled(Experiment experiment = sample_experiment()) {
  World world(std::move(experiment));
  world.settle();
  return world;
}

Experiment handing_over() {
  return with([](ExperimentSpec& s) {
    s.max_trial_count = 2;
    s.on_success = ExperimentSuccess{ModelOutput{"digits", {}, {}}};
  });
}

std::string assignments(World& world, int index) {
  return world.find_trial(index)->metadata.annotations.at(kAssignments);
}

TEST(Trials, AreNamedByIndexAndCarryTheirValues) {
  World world = settled();
  EXPECT_THAT(world.trial_names(), ElementsAre("search-0", "search-1"));
  const TrainingJob& trial = *world.find_trial(0);
  const auto values = nlohmann::json::parse(assignments(world, 0));
  const std::string rate = values["lr"];
  const std::string nodes = values["nodes"];
  EXPECT_EQ(trial.metadata.labels.at(labels::kExperiment), "search");
  EXPECT_EQ(controller_of(trial.metadata)->uid, "uid-search");
  EXPECT_EQ(std::to_string(trial.spec.num_nodes), nodes);
  const nlohmann::json& container = trial.spec.template_["spec"]["containers"][0];
  EXPECT_EQ(container["command"][1], "--rate=" + rate);
  EXPECT_EQ(container["command"][2], fmt::format("--on={}x{}", nodes, rate));
  EXPECT_EQ(container["env"][0]["value"], "${HOME}");
  EXPECT_EQ(container["env"][1]["value"], nodes);
  EXPECT_EQ(trial.spec.parameters.at("lr"), rate);
  EXPECT_EQ(trial.spec.parameters.at("opt"), values["opt"]);
}

TEST(Trials, AParameterThatTheTemplateSetsUnderTheSameVariableStaysTheTemplates) {
  Experiment experiment = sample_experiment();
  experiment.spec.trial_template.training_job["parameters"] = {{"LR", "x${trialParameters.rate}"}};
  World world = settled(experiment);
  const auto values = nlohmann::json::parse(assignments(world, 0));
  EXPECT_EQ(world.find_trial(0)->spec.parameters.at("LR"), "x" + values["lr"].get<std::string>());
  EXPECT_FALSE(world.find_trial(0)->spec.parameters.contains("lr"));
}

TEST(Trials, InheritTheTriggerThatAskedForTheSearch) {
  World world;
  world.labelled(labels::kTrigger, "t-1").settle();
  EXPECT_EQ(world.find_trial(0)->metadata.labels.at(labels::kTrigger), "t-1");
}

TEST(Trials, AreTheSameAfterARestartAndForTheSameSeed) {
  World first = settled();
  World second = settled();
  EXPECT_EQ(assignments(first, 1), assignments(second, 1));
  second.trial_gone(1).settle();
  EXPECT_EQ(assignments(first, 1), assignments(second, 1));
  EXPECT_NE(assignments(first, 0), assignments(first, 1));
}

TEST(Decide, LoweringParallelismSuspendsTheNewestAndRaisingItResumesThemFirst) {
  World world = settled(with([](ExperimentSpec& s) { s.parallel_trial_count = 3; }));
  const std::string before = assignments(world, 2);
  world.spec([](ExperimentSpec& s) { s.parallel_trial_count = 1; }).settle();
  EXPECT_THAT(world.suspended_trials(), ElementsAre("search-1", "search-2"));
  world.trial_prints(0, "0.9").settle();
  EXPECT_THAT(world.suspended_trials(), ElementsAre("search-2"));
  world.spec([](ExperimentSpec& s) { s.parallel_trial_count = 3; }).settle();
  EXPECT_THAT(world.suspended_trials(), IsEmpty());
  EXPECT_EQ(assignments(world, 2), before);
  EXPECT_EQ(world.status().trials.created, 4);
}

TEST(Decide, SuspensionSuspendsTheTrialsThatRun) {
  World world = settled();
  world.spec([](ExperimentSpec& s) { s.suspend = true; }).settle();
  EXPECT_THAT(world.suspended_trials(), ElementsAre("search-0", "search-1"));
  EXPECT_THAT(world.events(), Contains("Suspended"));
}

TEST(Decide, ThePauseAnnotationKeepsTrialsFromStarting) {
  World world;
  world.annotated(annotations::kPaused, "true").settle();
  EXPECT_THAT(world.trial_names(), IsEmpty());
  EXPECT_EQ(world.condition(kProgressing), "True/Paused");
}

TEST(Decide, TheBestTrialIsShownWithItsValueAsPrintedAndTheEarliestOfEqualsWins) {
  World world = settled();
  world.trial_prints(1, "0.950").settle();
  world.trial_prints(0, "0.95").settle();
  const OptimalTrial& best = *world.status().current_optimal_trial;
  EXPECT_EQ(best.best_trial_name, "search-0");
  EXPECT_EQ(best.value, "0.95");
  EXPECT_EQ(best.parameter_assignments.size(), 3U);
  EXPECT_THAT(world.events(), Contains("NewOptimalTrial").Times(2));
}

TEST(Decide, AFailureSaysWhichTrialAndWhy) {
  World world = settled();
  world.trial_fails(0).settle();
  EXPECT_THAT(world.events(), Contains("TrialFailed"));
  world.trial_prints_nothing(1).settle();
  EXPECT_THAT(world.message(kFailed), HasSubstr("2 trials failed, more than maxFailedTrialCount, which is 1"));
  EXPECT_THAT(world.message(kFailed), HasSubstr("did not report accuracy; print it as accuracy=<value>"));
  EXPECT_EQ(world.condition(kStalled), "True/TooManyFailedTrials");
  EXPECT_THAT(world.trial_names(), Not(Contains("search-2")));
}

TEST(Decide, AnEndIsFinal) {
  World world = settled(handing_over());
  world.trial_prints(0, "0.9").trial_prints(1, "0.8").settle();
  ASSERT_EQ(world.status().phase, ExperimentPhase::kSucceeded);
  const ExperimentStatus before = world.status();
  world.trial_gone(0).trial_gone(1);
  EXPECT_EQ(world.settle(), 0);
  EXPECT_EQ(world.status(), before);
}

TEST(Decide, TheBestTrialBecomesAModelVersionOnce) {
  World world = settled(handing_over());
  world.trial_prints(0, "0.8").trial_prints(1, "0.9").settle();
  ASSERT_EQ(world.versions().size(), 1U);
  const ModelVersion& version = *world.versions()[0];
  EXPECT_EQ(version.spec.model, "digits");
  EXPECT_EQ(version.spec.artifact.uri, "pvc://models/published/search-1");
  EXPECT_EQ(version.spec.lineage.experiment, (ObjectLineage{"search", "uid-search"}));
  EXPECT_EQ(version.spec.lineage.training_job->name, "search-1");
  EXPECT_EQ(world.status().model_version, version.metadata.name);
  EXPECT_EQ(world.condition(kComplete), "True/MaxTrialsReached");
}

TEST(Decide, NoVersionIsMadeWhileATrialThatCouldBeBetterRuns) {
  Experiment experiment = handing_over();
  experiment.spec.objective.goal = 0.5;
  World world = settled(experiment);
  const ExperimentPlan plan = world.trial_prints(0, "0.8").plan();
  EXPECT_THAT(plan.applies, IsEmpty());
  ASSERT_EQ(plan.deletions.size(), 1U);
  EXPECT_EQ(plan.deletions[0].key.name, "search-1");
  world.settle();
  EXPECT_EQ(world.versions().size(), 1U);
}

TEST(Decide, ABestTrialThatPublishedNothingFailsTheSearch) {
  World world = settled(handing_over());
  world.trial_prints(0, "0.8").trial_prints(1, "0.9");
  world.find_trial(1)->status.output.reset();
  world.settle();
  EXPECT_EQ(world.condition(kFailed), "True/NothingPublished");
  EXPECT_THAT(world.versions(), IsEmpty());
}

TEST(Decide, ForeignObjectsOfOurNamesAreLeftAloneAndReported) {
  World trials;
  trials.stranger("search-0").settle();
  EXPECT_EQ(trials.condition(kStalled), "True/NameTaken");
  EXPECT_THAT(trials.message(kStalled), HasSubstr("TrainingJob search-0 exists"));
  EXPECT_THAT(trials.trial_names(), ElementsAre("search-0"));
  trials.named_gone("search-0").settle();
  EXPECT_EQ(trials.condition(kStalled), "absent");
  EXPECT_THAT(trials.trial_names(), ElementsAre("search-0", "search-1"));

  World version = settled(handing_over());
  version.trial_prints(0, "0.8").trial_prints(1, "0.9");
  version.foreign_version(model_version_name("digits", "uid-of-search-1")).settle();
  EXPECT_EQ(version.condition(kStalled), "True/NameTaken");
  EXPECT_NE(version.status().phase, ExperimentPhase::kSucceeded);
}

TEST(Decide, AnExperimentThatIsDeletedIsLeftAlone) {
  World world;
  const ExperimentPlan plan = world.deleted().plan();
  EXPECT_THAT(plan.applies, IsEmpty());
  EXPECT_EQ(plan.status, ExperimentStatus{});
}

TEST(Decide, AWholeSearchByTpeIsTheSameEachTime) {
  const auto run = [] {
    World world = settled(with([](ExperimentSpec& s) {
      s.algorithm = {AlgorithmName::kTpe, {{"n_startup_trials", "3"}}, 7};
      s.max_trial_count = 8;
    }));
    std::vector<std::string> out;
    for (int i = 0; i < 8; ++i) {
      const auto values = nlohmann::json::parse(assignments(world, i));
      world.trial_prints(i, values["lr"]).settle();
      out.push_back(values.dump());
    }
    EXPECT_EQ(world.status().phase, ExperimentPhase::kSucceeded);
    return out;
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace gyre::experiment
