#pragma once

#include "crds/schema/codec.h"
#include "crds/schema/crd.h"
#include "crds/v1alpha1/common.h"

namespace gyre {

struct ModelSelector {
  std::string name;
  std::optional<std::int32_t> version;
  std::string digest;
  bool operator==(const ModelSelector&) const = default;
};

constexpr auto describe(Type<ModelSelector>) {
  using namespace schema;
  using S = ModelSelector;
  return object("Which model is served: the Approved version with the highest number, unless one is pinned.",
                field("name", &S::name, "Model.", required, dns_label),
                field("version", &S::version,
                      "Pins status.version of a ModelVersion; its meaning ends with this cluster.", minimum{1}),
                field("digest", &S::digest, "Pins a manifestDigest; means the same in every cluster.", schema::digest),
                rule<S>(
                    "!(has(self.version) && has(self.digest))", "pin by version or by digest, not both",
                    +[](const S& m) { return !m.version || m.digest.empty(); }, "digest"));
}

struct Predictor {
  std::string runtime;
  Raw template_;
  std::int32_t min_replicas = 1;
  std::int32_t timeout_seconds = 60;
  Raw resources;
  bool operator==(const Predictor&) const = default;
};

constexpr auto describe(Type<Predictor>) {
  using namespace schema;
  using S = Predictor;
  return object(
      "The model server.",
      field("runtime", &S::runtime, "Entry of the runtime catalogue, for example mlserver.", max_length{63}),
      field("template", &S::template_,
            "Pod template instead of a runtime; its container \"server\" listens on port 8000 and finds the model in "
            "$GYRE_MODEL_DIR."),
      field("minReplicas", &S::min_replicas, "Pods of the stable revision.", minimum{0}, maximum{1000}),
      field("timeoutSeconds", &S::timeout_seconds, "Longest time a request may take.", minimum{1}, maximum{3600}),
      field("resources", &S::resources, "Resources of a runtime's server container."),
      rule<S>(
          "has(self.runtime) != has(self.template)", "set runtime or template, one of them",
          +[](const S& p) { return p.runtime.empty() != p.template_.is_null(); }));
}

enum class Protocol { kV2, kV1, kCustom };

constexpr auto describe(Type<Protocol>) {
  using namespace schema;
  return enumeration("How clients talk to the model server.", value("v2", Protocol::kV2), value("v1", Protocol::kV1),
                     value("custom", Protocol::kCustom));
}

// Where features and predictions are in a server's own JSON.
struct CustomProtocol {
  std::string path;
  std::string features;
  std::string prediction;
  bool operator==(const CustomProtocol&) const = default;
};

constexpr auto describe(Type<CustomProtocol>) {
  using namespace schema;
  using S = CustomProtocol;
  return object(
      "One mapping for profiling and for asking the champion.",
      field("path", &S::path, "Path of the prediction endpoint, for example /predict.", required,
            pattern{"^/[^\\s]*$", "a path that starts with /"}),
      field(
          "features", &S::features,
          "JSON path, in a request, of an object of named features or of a list of such objects: $ or $.instances[*].",
          required,
          pattern{"^\\$(\\.[A-Za-z_][A-Za-z0-9_]*|\\[[0-9]+\\]|\\[\\*\\])*$", "a path such as $ or $.instances[*]"}),
      field("prediction", &S::prediction, "JSON path of the prediction, or list of them, in an answer.", required,
            pattern{"^\\$(\\.[A-Za-z_][A-Za-z0-9_]*|\\[[0-9]+\\]|\\[\\*\\])*$",
                    "a path such as $.prediction or $.predictions[*]"}));
}

struct Pause {
  std::optional<Duration> duration;
  bool operator==(const Pause&) const = default;
};

constexpr auto describe(Type<Pause>) {
  using namespace schema;
  return object("Waits before the next step.",
                field("duration", &Pause::duration, "How long; without it until somebody promotes."));
}

struct AnalysisStep {
  bool operator==(const AnalysisStep&) const = default;
};

constexpr auto describe(Type<AnalysisStep>) {
  using namespace schema;
  return object("Runs the rollout's analysis and waits for its outcome.");
}

struct RolloutStep {
  std::optional<std::int32_t> set_weight;
  std::optional<Pause> pause;
  std::optional<AnalysisStep> analysis;
  bool operator==(const RolloutStep&) const = default;
};

constexpr auto describe(Type<RolloutStep>) {
  using namespace schema;
  using S = RolloutStep;
  return object(
      "One step; exactly one of its fields is set.",
      field("setWeight", &S::set_weight, "Percent of requests that the canary gets.", minimum{0}, maximum{100}),
      field("pause", &S::pause, "Waits."), field("analysis", &S::analysis, "Judges the canary."),
      rule<S>(
          "[has(self.setWeight), has(self.pause), has(self.analysis)].filter(x, x).size() == 1",
          "set exactly one of setWeight, pause and analysis", +[](const S& s) {
            return int(s.set_weight.has_value()) + s.pause.has_value() + s.analysis.has_value() == 1;
          }));
}

enum class AgentMetric { kErrorRate, kLatencyP99 };

constexpr auto describe(Type<AgentMetric>) {
  using namespace schema;
  return enumeration("What the agents measure.", value("error_rate", AgentMetric::kErrorRate),
                     value("latency_p99", AgentMetric::kLatencyP99));
}

struct AgentProvider {
  AgentMetric metric = AgentMetric::kErrorRate;
  bool operator==(const AgentProvider&) const = default;
};

constexpr auto describe(Type<AgentProvider>) {
  using namespace schema;
  return object(
      "The agents' own figures.",
      field("metric", &AgentProvider::metric,
            "error_rate (share of answers that are 5xx or never came) or latency_p99 (milliseconds).", required));
}

struct MetricProvider {
  std::optional<AgentProvider> agent;
  bool operator==(const MetricProvider&) const = default;
};

constexpr auto describe(Type<MetricProvider>) {
  using namespace schema;
  return object("Where a metric comes from.",
                field("agent", &MetricProvider::agent, "The agents' own figures.", required));
}

enum class CompareTo { kStable };

constexpr auto describe(Type<CompareTo>) {
  using namespace schema;
  return enumeration("What the canary is compared with.", value("Stable", CompareTo::kStable));
}

struct AnalysisMetric {
  std::string name;
  Duration interval = std::chrono::seconds(30);
  std::int32_t count = 5;
  std::int32_t failure_limit = 1;
  std::int32_t inconclusive_limit = 3;
  std::int32_t consecutive_error_limit = 4;
  std::optional<double> max;
  std::optional<CompareTo> compare_to;
  double max_relative_increase = 0.1;
  double alpha = 0.05;
  std::int32_t min_samples = 50;
  MetricProvider provider;
  bool operator==(const AnalysisMetric&) const = default;
};

constexpr auto describe(Type<AnalysisMetric>) {
  using namespace schema;
  using S = AnalysisMetric;
  return object(
      "A metric that must hold while the canary is judged.",
      field("name", &S::name, "Name, unique in the analysis.", required, dns_label),
      field("interval", &S::interval, "Time between measurements."),
      field("count", &S::count, "Measurements to take.", minimum{1}, maximum{1000}),
      field("failureLimit", &S::failure_limit, "Failed measurements that are tolerated.", minimum{0}, maximum{1000}),
      field("inconclusiveLimit", &S::inconclusive_limit,
            "Inconclusive measurements (too few samples) that are tolerated before the rollout pauses.", minimum{0},
            maximum{1000}),
      field("consecutiveErrorLimit", &S::consecutive_error_limit,
            "Measurements in a row that may fail to be taken before the rollout pauses.", minimum{0}, maximum{1000}),
      field("max", &S::max, "Largest value that passes, in the metric's unit."),
      field("compareTo", &S::compare_to, "Stable compares with the stable revision over the same minutes."),
      field("maxRelativeIncrease", &S::max_relative_increase,
            "How much worse than stable still passes: 0.1 is a tenth.", minimum{0}),
      field("alpha", &S::alpha, "Chance of blaming a canary that is no worse.", minimum{0.000001}, maximum{0.5}),
      field("minSamples", &S::min_samples, "Requests without which a measurement is inconclusive.", minimum{1}),
      field("provider", &S::provider, "Where it comes from.", required),
      rule<S>(
          "has(self.max) || has(self.compareTo)",
          "set max or compareTo: Stable; a metric without either decides nothing",
          +[](const S& m) { return m.max || m.compare_to; }));
}

struct Analysis {
  std::vector<AnalysisMetric> metrics;
  bool operator==(const Analysis&) const = default;
};

constexpr auto describe(Type<Analysis>) {
  using namespace schema;
  return object("How a canary is judged. Failure rolls back; inconclusive results and errors pause.",
                field("metrics", &Analysis::metrics, "Metrics, all of which must hold.", required, map_key{"name"},
                      min_items{1}, max_items{16}));
}

enum class RolloutStrategy { kCanary };

constexpr auto describe(Type<RolloutStrategy>) {
  using namespace schema;
  return enumeration("How a new revision takes over.", value("Canary", RolloutStrategy::kCanary));
}

struct Rollout {
  RolloutStrategy strategy = RolloutStrategy::kCanary;
  std::vector<RolloutStep> steps;
  std::optional<Analysis> analysis;
  std::int64_t progress_deadline_seconds = 600;
  std::int32_t revision_history_limit = 5;
  bool operator==(const Rollout&) const = default;
};

constexpr auto describe(Type<Rollout>) {
  using namespace schema;
  using S = Rollout;
  return object(
      "How a new revision takes over.",
      field("strategy", &S::strategy, "Canary: in steps, beside the stable revision."),
      field("steps", &S::steps,
            "Steps in order; after the last the canary is promoted. Without steps it is promoted once it is ready.",
            max_items{64}),
      field("analysis", &S::analysis, "How a canary is judged; runs at the analysis steps."),
      field("progressDeadlineSeconds", &S::progress_deadline_seconds,
            "Seconds in which a canary must become ready, or it is rolled back.", minimum{1}),
      field("revisionHistoryLimit", &S::revision_history_limit, "Revisions kept to roll back to.", minimum{0},
            maximum{50}),
      rule<S>(
          "!self.steps.exists(s, has(s.analysis)) || has(self.analysis)",
          "a step says analysis, but no analysis is defined; define rollout.analysis.metrics",
          +[](const S& r) {
            for (const RolloutStep& step : r.steps)
              if (step.analysis && !r.analysis) return false;
            return true;
          },
          "analysis"));
}

enum class RolloutAction { kPromote, kPromoteFull, kAbort, kRetry };

constexpr auto describe(Type<RolloutAction>) {
  using namespace schema;
  using A = RolloutAction;
  return enumeration("What to do.", value("Promote", A::kPromote), value("PromoteFull", A::kPromoteFull),
                     value("Abort", A::kAbort), value("Retry", A::kRetry));
}

struct RolloutCommand {
  std::string id;
  RolloutAction action = RolloutAction::kPromote;
  bool operator==(const RolloutCommand&) const = default;
};

constexpr auto describe(Type<RolloutCommand>) {
  using namespace schema;
  return object(
      "An act, done once for each id.",
      field("id", &RolloutCommand::id, "Any text that was not used before.", required, min_length{1}, max_length{63}),
      field("action", &RolloutCommand::action,
            "Promote ends a pause; PromoteFull skips the remaining steps; Abort goes back to stable; Retry tries a "
            "failed "
            "revision again.",
            required));
}

struct InferenceServiceSpec {
  ModelSelector model;
  Predictor predictor;
  Protocol protocol = Protocol::kV2;
  std::optional<CustomProtocol> custom;
  Rollout rollout;
  bool suspend = false;
  std::optional<RolloutCommand> rollout_command;
  bool operator==(const InferenceServiceSpec&) const = default;
};

constexpr auto describe(Type<InferenceServiceSpec>) {
  using namespace schema;
  using S = InferenceServiceSpec;
  return object("What to serve, and how new versions take over.", field("model", &S::model, "Which model.", required),
                field("predictor", &S::predictor, "The model server.", required),
                field("protocol", &S::protocol, "v2 (Open Inference Protocol), v1 (KServe), or custom."),
                field("custom", &S::custom, "Where features and predictions are, for protocol: custom."),
                field("rollout", &S::rollout, "How a new revision takes over."),
                field("suspend", &S::suspend, "Starts and moves no rollout; safety still rolls back."),
                field("rolloutCommand", &S::rollout_command, "Promote, abort or retry."),
                rule<S>(
                    "has(self.custom) == (has(self.protocol) && self.protocol == 'custom')",
                    "set custom with protocol: custom, and only then",
                    +[](const S& s) { return s.custom.has_value() == (s.protocol == Protocol::kCustom); }, "custom"));
}

enum class ServicePhase { kPending, kProgressing, kReady, kPaused, kDegraded };

constexpr auto describe(Type<ServicePhase>) {
  using namespace schema;
  using P = ServicePhase;
  return enumeration("The service at a glance.", value("Pending", P::kPending), value("Progressing", P::kProgressing),
                     value("Ready", P::kReady), value("Paused", P::kPaused), value("Degraded", P::kDegraded));
}

// One revision: a model in a server, which never changes.
struct RevisionStatus {
  std::string revision;
  std::string model_version;
  std::int32_t version = 0;
  std::string digest;
  std::int32_t replicas = 0;
  std::int32_t ready_replicas = 0;
  bool operator==(const RevisionStatus&) const = default;
};

constexpr auto describe(Type<RevisionStatus>) {
  using namespace schema;
  using S = RevisionStatus;
  return object("A revision.", field("revision", &S::revision, "Its hash, as its objects' names carry it.", required),
                field("modelVersion", &S::model_version, "ModelVersion it serves.", required),
                field("version", &S::version, "The ModelVersion's number."),
                field("digest", &S::digest, "The artifact's manifestDigest."),
                field("replicas", &S::replicas, "Pods wanted."),
                field("readyReplicas", &S::ready_replicas, "Pods ready."));
}

struct MeasurementCounts {
  std::string name;
  std::int32_t measured = 0;
  std::int32_t passed = 0;
  std::int32_t failed = 0;
  std::int32_t inconclusive = 0;
  std::int32_t consecutive_errors = 0;
  std::optional<Time> next;
  std::string message;
  bool operator==(const MeasurementCounts&) const = default;
};

constexpr auto describe(Type<MeasurementCounts>) {
  using namespace schema;
  using S = MeasurementCounts;
  return object("How one metric of the analysis stands.", field("name", &S::name, "Metric.", required),
                field("measured", &S::measured, "Measurements taken."), field("passed", &S::passed, "Passed."),
                field("failed", &S::failed, "Failed."), field("inconclusive", &S::inconclusive, "Too few samples."),
                field("consecutiveErrors", &S::consecutive_errors, "In a row that could not be taken."),
                field("next", &S::next, "When the next one is due."),
                field("message", &S::message, "The last one in words."));
}

enum class RolloutPhase { kStarting, kStepping, kPaused, kPromoting, kDraining };

constexpr auto describe(Type<RolloutPhase>) {
  using namespace schema;
  using P = RolloutPhase;
  return enumeration("What the rollout is doing.", value("Starting", P::kStarting), value("Stepping", P::kStepping),
                     value("Paused", P::kPaused), value("Promoting", P::kPromoting), value("Draining", P::kDraining));
}

// The rollout in progress. Written before each act, so that a new leader resumes the same step.
struct RolloutStatus {
  std::int32_t attempt = 0;
  RolloutPhase phase = RolloutPhase::kStarting;
  std::int32_t current_step = 0;
  std::int32_t weight = 0;
  std::optional<Time> started;
  std::optional<Time> step_started;
  std::optional<Time> promoted;
  std::string retiring;
  std::string message;
  std::vector<MeasurementCounts> analysis;
  bool operator==(const RolloutStatus&) const = default;
};

constexpr auto describe(Type<RolloutStatus>) {
  using namespace schema;
  using S = RolloutStatus;
  return object("The rollout in progress.", field("attempt", &S::attempt, "Counts rollouts of this service.", required),
                field("phase", &S::phase, "What it is doing.", required),
                field("currentStep", &S::current_step, "Index of the step it is at."),
                field("weight", &S::weight, "Percent of requests that the canary should get."),
                field("started", &S::started, "When it started."),
                field("stepStarted", &S::step_started, "When this step started."),
                field("promoted", &S::promoted, "When the canary became stable."),
                field("retiring", &S::retiring, "Revision that is being drained."),
                field("message", &S::message, "What it waits for."),
                field("analysis", &S::analysis, "How the analysis stands.", max_items{16}));
}

struct TrafficTarget {
  std::string revision;
  std::int32_t requested = 0;
  std::int32_t effective = 0;
  bool operator==(const TrafficTarget&) const = default;
};

constexpr auto describe(Type<TrafficTarget>) {
  using namespace schema;
  using S = TrafficTarget;
  return object("A revision's share of the requests.", field("revision", &S::revision, "Revision.", required),
                field("requested", &S::requested, "Percent that it should get.", required),
                field("effective", &S::effective, "Percent that all agents have acknowledged.", required));
}

struct FailedRevision {
  std::string revision;
  std::string reason;
  std::string message;
  bool operator==(const FailedRevision&) const = default;
};

constexpr auto describe(Type<FailedRevision>) {
  using namespace schema;
  using S = FailedRevision;
  return object("A revision that is not tried again unless a Retry asks for it.",
                field("revision", &S::revision, "Revision.", required),
                field("reason", &S::reason, "Why it was rolled back.", required),
                field("message", &S::message, "In words."));
}

struct LastOutcome {
  std::int32_t attempt = 0;
  std::string revision;
  std::string result;
  std::string message;
  std::optional<Time> time;
  bool operator==(const LastOutcome&) const = default;
};

constexpr auto describe(Type<LastOutcome>) {
  using namespace schema;
  using S = LastOutcome;
  return object("How the last rollout ended.", field("attempt", &S::attempt, "Rollout."),
                field("revision", &S::revision, "Revision."),
                field("result", &S::result, "Promoted, RolledBack, Aborted or Superseded."),
                field("message", &S::message, "Why."), field("time", &S::time, "When."));
}

struct InferenceServiceStatus {
  std::int64_t observed_generation = 0;
  ServicePhase phase = ServicePhase::kPending;
  std::optional<RevisionStatus> stable;
  std::optional<RevisionStatus> canary;
  std::optional<RolloutStatus> rollout;
  std::int32_t attempt = 0;
  std::int64_t routes_generation = 0;
  std::vector<TrafficTarget> traffic;
  std::vector<FailedRevision> failed_revisions;
  std::vector<std::string> history;
  std::vector<std::string> commands;
  std::optional<LastOutcome> last_outcome;
  std::string url;
  std::vector<Condition> conditions;
  bool operator==(const InferenceServiceStatus&) const = default;
};

constexpr auto describe(Type<InferenceServiceStatus>) {
  using namespace schema;
  using S = InferenceServiceStatus;
  return object(
      "What is served, and how the rollout goes.",
      field("observedGeneration", &S::observed_generation, "Generation of the spec this was said of."),
      field("phase", &S::phase, "The service at a glance.", required),
      field("stable", &S::stable, "What is served: the champion."), field("canary", &S::canary, "What is being tried."),
      field("rollout", &S::rollout, "The rollout in progress."), field("attempt", &S::attempt, "Rollouts so far."),
      field("routesGeneration", &S::routes_generation, "Generation of the agents' routes."),
      field("traffic", &S::traffic, "Who gets how much.", max_items{4}),
      field("failedRevisions", &S::failed_revisions, "Revisions that were rolled back, at most 20.", max_items{20}),
      field("history", &S::history, "ModelVersions that it may roll back to, newest first.", max_items{50}),
      field("commands", &S::commands, "Ids of the last ten commands that were carried out.", max_items{10}),
      field("lastOutcome", &S::last_outcome, "How the last rollout ended."),
      field("url", &S::url, "Address inside the cluster."),
      field("conditions", &S::conditions, "Ready, Progressing, Degraded, Stalled.", map_key{"type"}));
}

struct InferenceService {
  ObjectMeta metadata;
  InferenceServiceSpec spec;
  InferenceServiceStatus status;
  bool operator==(const InferenceService&) const = default;
};

constexpr auto describe(Type<InferenceService>) {
  using namespace schema;
  using S = InferenceService;
  return object("Serves one model, and moves to each newly approved version by canary, backing out by itself.",
                field("metadata", &S::metadata, "Standard object metadata."),
                field("spec", &S::spec, "What to serve, and how new versions take over.", required),
                field("status", &S::status, "What is served, and how the rollout goes."));
}

constexpr Kind kind_of(Type<InferenceService>) { return {kGroup, kVersion, "InferenceService", "inferenceservices"}; }

schema::CrdInfo crd_info(Type<InferenceService>);

}  // namespace gyre
