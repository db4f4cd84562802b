#pragma once

#include "crds/schema/codec.h"
#include "crds/schema/crd.h"
#include "crds/v1alpha1/common.h"

namespace gyre {

enum class ObjectiveType { kMinimize, kMaximize };

constexpr auto describe(Type<ObjectiveType>) {
  using namespace schema;
  return enumeration("Which way is better.", value("minimize", ObjectiveType::kMinimize),
                     value("maximize", ObjectiveType::kMaximize));
}

struct Objective {
  std::string metric;
  ObjectiveType type = ObjectiveType::kMinimize;
  std::optional<double> goal;
  bool operator==(const Objective&) const = default;
};

constexpr auto describe(Type<Objective>) {
  using namespace schema;
  using S = Objective;
  return object("What the search optimises.",
                field("metric", &S::metric, "Metric that trials print as name=value or as a JSON line.", required,
                      min_length{1}, max_length{253}),
                field("type", &S::type, "minimize or maximize.", required),
                field("goal", &S::goal, "The search ends as soon as a trial reaches it."));
}

enum class ParameterType { kDouble, kInt, kCategorical };

constexpr auto describe(Type<ParameterType>) {
  using namespace schema;
  return enumeration("Type of a parameter.", value("double", ParameterType::kDouble), value("int", ParameterType::kInt),
                     value("categorical", ParameterType::kCategorical));
}

enum class Distribution { kUniform, kLogUniform };

constexpr auto describe(Type<Distribution>) {
  using namespace schema;
  return enumeration("How values are spread between min and max.", value("uniform", Distribution::kUniform),
                     value("logUniform", Distribution::kLogUniform));
}

struct FeasibleSpace {
  std::string min;
  std::string max;
  std::string step;
  std::vector<std::string> list;
  Distribution distribution = Distribution::kUniform;
  bool operator==(const FeasibleSpace&) const = default;
};

constexpr auto describe(Type<FeasibleSpace>) {
  using namespace schema;
  using S = FeasibleSpace;
  return object("Values that a parameter may take.", field("min", &S::min, "Smallest value (double and int)."),
                field("max", &S::max, "Largest value (double and int)."),
                field("step", &S::step, "Distance between neighbours; a grid over a double needs it."),
                field("list", &S::list, "Values (categorical).", max_items{1000}),
                field("distribution", &S::distribution, "uniform or logUniform (double and int)."));
}

struct ParameterSpec {
  std::string name;
  ParameterType parameter_type = ParameterType::kDouble;
  FeasibleSpace feasible_space;
  bool operator==(const ParameterSpec&) const = default;
};

constexpr auto describe(Type<ParameterSpec>) {
  using namespace schema;
  using S = ParameterSpec;
  return object("One dimension of the search.",
                field("name", &S::name, "Name.", required, min_length{1}, max_length{253}),
                field("parameterType", &S::parameter_type, "double, int or categorical.", required),
                field("feasibleSpace", &S::feasible_space, "Values that it may take.", required));
}

enum class AlgorithmName { kRandom, kGrid, kTpe };

constexpr auto describe(Type<AlgorithmName>) {
  using namespace schema;
  return enumeration("How the next point is chosen.", value("random", AlgorithmName::kRandom),
                     value("grid", AlgorithmName::kGrid), value("tpe", AlgorithmName::kTpe));
}

struct AlgorithmSetting {
  std::string name;
  std::string value;
  bool operator==(const AlgorithmSetting&) const = default;
};

constexpr auto describe(Type<AlgorithmSetting>) {
  using namespace schema;
  return object("A setting of the algorithm.", field("name", &AlgorithmSetting::name, "Setting.", required),
                field("value", &AlgorithmSetting::value, "Its value.", required));
}

struct Algorithm {
  AlgorithmName algorithm_name = AlgorithmName::kTpe;
  std::vector<AlgorithmSetting> algorithm_settings;
  std::int64_t seed = 0;
  bool operator==(const Algorithm&) const = default;
};

constexpr auto describe(Type<Algorithm>) {
  using namespace schema;
  using S = Algorithm;
  return object("How the search goes.",
                field("algorithmName", &S::algorithm_name,
                      "random (Bergstra and Bengio 2012), grid, or tpe (Bergstra 2011; Watanabe 2023)."),
                field("algorithmSettings", &S::algorithm_settings,
                      "tpe: n_startup_trials (10), n_ei_candidates (24), gamma (0.1).", map_key{"name"}, max_items{16}),
                field("seed", &S::seed, "The same seed and the same results give the same search."));
}

struct TrialParameter {
  std::string name;
  std::string reference;
  std::string description;
  bool operator==(const TrialParameter&) const = default;
};

constexpr auto describe(Type<TrialParameter>) {
  using namespace schema;
  using S = TrialParameter;
  return object(
      "A name that the trial template uses for a parameter.",
      field("name", &S::name, "Used as ${trialParameters.<name>}.", required, min_length{1}, max_length{253}),
      field("reference", &S::reference, "Parameter of spec.parameters.", required, min_length{1}, max_length{253}),
      field("description", &S::description, "For people."));
}

struct TrialTemplate {
  std::vector<TrialParameter> trial_parameters;
  Raw training_job;
  bool operator==(const TrialTemplate&) const = default;
};

constexpr auto describe(Type<TrialTemplate>) {
  using namespace schema;
  using S = TrialTemplate;
  return object(
      "The TrainingJob of a trial.",
      field("trialParameters", &S::trial_parameters, "Names used by the template.", map_key{"name"}, max_items{64}),
      field("trainingJob", &S::training_job,
            "A TrainingJob's spec, in which ${trialParameters.<name>} stands for the trial's value.", required));
}

struct ExperimentSuccess {
  std::optional<ModelOutput> create_model_version;
  bool operator==(const ExperimentSuccess&) const = default;
};

constexpr auto describe(Type<ExperimentSuccess>) {
  using namespace schema;
  return object("What happens when the search succeeds.",
                field("createModelVersion", &ExperimentSuccess::create_model_version,
                      "Makes the best trial's output a ModelVersion."));
}

struct ExperimentSpec {
  Objective objective;
  std::vector<ParameterSpec> parameters;
  Algorithm algorithm;
  std::int32_t parallel_trial_count = 3;
  std::int32_t max_trial_count = 12;
  std::int32_t max_failed_trial_count = 3;
  bool suspend = false;
  TrialTemplate trial_template;
  std::optional<ExperimentSuccess> on_success;
  bool operator==(const ExperimentSpec&) const = default;
};

constexpr auto describe(Type<ExperimentSpec>) {
  using namespace schema;
  using S = ExperimentSpec;
  return object(
      "The search.", field("objective", &S::objective, "What to optimise.", required, immutable),
      field("parameters", &S::parameters, "The search space.", required, immutable, map_key{"name"}, min_items{1},
            max_items{64}),
      field("algorithm", &S::algorithm, "How the next point is chosen.", immutable),
      field("parallelTrialCount", &S::parallel_trial_count, "Trials that run at once.", minimum{1}, maximum{1000}),
      field("maxTrialCount", &S::max_trial_count, "Trials that may succeed or run, all in all.", minimum{1},
            maximum{10000}),
      field("maxFailedTrialCount", &S::max_failed_trial_count, "The search fails when more trials than this fail.",
            minimum{0}, maximum{10000}),
      field("suspend", &S::suspend, "Starts no trial and suspends the running ones."),
      field("trialTemplate", &S::trial_template, "The TrainingJob of a trial.", required, immutable),
      field("onSuccess", &S::on_success, "What happens when the search succeeds.", immutable));
}

struct TrialCounts {
  std::int32_t created = 0;
  std::int32_t running = 0;
  std::int32_t succeeded = 0;
  std::int32_t failed = 0;
  bool operator==(const TrialCounts&) const = default;
};

constexpr auto describe(Type<TrialCounts>) {
  using namespace schema;
  using S = TrialCounts;
  return object("Trials by outcome.", field("created", &S::created, "Created so far."),
                field("running", &S::running, "Pending or running."), field("succeeded", &S::succeeded, "Succeeded."),
                field("failed", &S::failed, "Failed, or without the objective's metric."));
}

struct ParameterAssignment {
  std::string name;
  std::string value;
  bool operator==(const ParameterAssignment&) const = default;
};

constexpr auto describe(Type<ParameterAssignment>) {
  using namespace schema;
  return object("A parameter and its value.", field("name", &ParameterAssignment::name, "Parameter.", required),
                field("value", &ParameterAssignment::value, "Its value.", required));
}

struct OptimalTrial {
  std::string best_trial_name;
  std::string value;
  std::vector<ParameterAssignment> parameter_assignments;
  bool operator==(const OptimalTrial&) const = default;
};

constexpr auto describe(Type<OptimalTrial>) {
  using namespace schema;
  using S = OptimalTrial;
  return object("The best trial so far.", field("bestTrialName", &S::best_trial_name, "TrainingJob of the trial."),
                field("value", &S::value, "Its objective."),
                field("parameterAssignments", &S::parameter_assignments, "Its parameters."));
}

enum class ExperimentPhase { kPending, kRunning, kSucceeded, kFailed, kSuspended };

constexpr auto describe(Type<ExperimentPhase>) {
  using namespace schema;
  using P = ExperimentPhase;
  return enumeration("Where the search is.", value("Pending", P::kPending), value("Running", P::kRunning),
                     value("Succeeded", P::kSucceeded), value("Failed", P::kFailed), value("Suspended", P::kSuspended));
}

struct ExperimentStatus {
  std::int64_t observed_generation = 0;
  ExperimentPhase phase = ExperimentPhase::kPending;
  TrialCounts trials;
  std::optional<OptimalTrial> current_optimal_trial;
  std::string model_version;
  std::optional<Time> start_time;
  std::optional<Time> completion_time;
  std::vector<Condition> conditions;
  bool operator==(const ExperimentStatus&) const = default;
};

constexpr auto describe(Type<ExperimentStatus>) {
  using namespace schema;
  using S = ExperimentStatus;
  return object(
      "How the search goes.",
      field("observedGeneration", &S::observed_generation, "Generation of the spec this was said of."),
      field("phase", &S::phase, "Where the search is.", required), field("trials", &S::trials, "Trials by outcome."),
      field("currentOptimalTrial", &S::current_optimal_trial, "The best trial so far."),
      field("modelVersion", &S::model_version, "ModelVersion made of the best trial."),
      field("startTime", &S::start_time, "When the first trial was created."),
      field("completionTime", &S::completion_time, "When it succeeded or failed."),
      field("conditions", &S::conditions, "Complete, Failed, Progressing, Suspended, Stalled.", map_key{"type"}));
}

struct Experiment {
  ObjectMeta metadata;
  ExperimentSpec spec;
  ExperimentStatus status;
  bool operator==(const Experiment&) const = default;
};

constexpr auto describe(Type<Experiment>) {
  using namespace schema;
  using S = Experiment;
  return object("Searches hyperparameters by running TrainingJobs as trials, and hands over the best.",
                field("metadata", &S::metadata, "Standard object metadata."),
                field("spec", &S::spec, "The search.", required), field("status", &S::status, "How the search goes."));
}

constexpr Kind kind_of(Type<Experiment>) { return {kGroup, kVersion, "Experiment", "experiments"}; }

schema::CrdInfo crd_info(Type<Experiment>);

}  // namespace gyre
