#pragma once

#include "crds/schema/codec.h"
#include "crds/schema/crd.h"
#include "crds/v1alpha1/common.h"

namespace gyre {

enum class TargetKind { kInferenceService };

constexpr auto describe(Type<TargetKind>) {
  using namespace schema;
  return enumeration("Kind of the target.", value("InferenceService", TargetKind::kInferenceService));
}

struct TargetRef {
  TargetKind kind = TargetKind::kInferenceService;
  std::string name;
  bool operator==(const TargetRef&) const = default;
};

constexpr auto describe(Type<TargetRef>) {
  using namespace schema;
  return object("What is watched.", field("kind", &TargetRef::kind, "InferenceService."),
                field("name", &TargetRef::name, "Its name.", required, dns_label));
}

enum class SourceType { kAgents };

constexpr auto describe(Type<SourceType>) {
  using namespace schema;
  return enumeration("Where windows come from.", value("Agents", SourceType::kAgents));
}

struct DriftSource {
  SourceType type = SourceType::kAgents;
  bool operator==(const DriftSource&) const = default;
};

constexpr auto describe(Type<DriftSource>) {
  using namespace schema;
  return object("Where windows come from.",
                field("type", &DriftSource::type, "Agents: profiles counted in the serving pods."));
}

enum class WindowType { kTumbling };

constexpr auto describe(Type<WindowType>) {
  using namespace schema;
  return enumeration("How windows follow one another.", value("Tumbling", WindowType::kTumbling));
}

struct Window {
  WindowType type = WindowType::kTumbling;
  Duration duration = std::chrono::hours(1);
  Duration bucket = std::chrono::minutes(1);
  Duration allowed_lateness = std::chrono::seconds(15);
  std::int64_t min_rows = 500;
  Duration retention = std::chrono::hours(168);
  bool operator==(const Window&) const = default;
};

constexpr auto describe(Type<Window>) {
  using namespace schema;
  using S = Window;
  return object(
      "The rows that are compared at once.",
      field("type", &S::type, "Tumbling: one after the other, aligned to the epoch."),
      field("duration", &S::duration, "Length of a window."),
      field("bucket", &S::bucket, "What agents count at once; divides the window."),
      field("allowedLateness", &S::allowed_lateness, "Time that buckets may take to arrive after the window's end."),
      field("minRows", &S::min_rows, "Rows without which a window is InsufficientData.", minimum{1}),
      field("retention", &S::retention, "How long windows are kept."),
      rule<S>(
          "!(has(self.duration) && has(self.bucket)) || duration(self.duration) >= duration(self.bucket)",
          "duration must not be shorter than bucket; lengthen the window or shorten the bucket",
          +[](const S& w) { return w.duration >= w.bucket; }, "duration"),
      rule<S>(
          "!has(self.bucket) || duration(self.bucket) >= duration('1s')", "bucket must be at least 1s",
          +[](const S& w) { return w.bucket >= std::chrono::seconds(1); }, "bucket"),
      rule<S>(
          "!(has(self.duration) && has(self.bucket)) || duration(self.bucket) < duration('1s') || "
          "duration(self.duration).getMilliseconds() % duration(self.bucket).getMilliseconds() == 0",
          "bucket must divide duration exactly",
          +[](const S& w) { return w.bucket.count() <= 0 || w.duration.count() % w.bucket.count() == 0; }, "bucket"));
}

enum class DriftMethodName { kPsi, kKs, kJs, kChi2 };

constexpr auto describe(Type<DriftMethodName>) {
  using namespace schema;
  using M = DriftMethodName;
  return enumeration("A measure of difference.", value("psi", M::kPsi), value("ks", M::kKs), value("js", M::kJs),
                     value("chi2", M::kChi2));
}

struct DriftMethod {
  DriftMethodName name = DriftMethodName::kPsi;
  std::optional<double> threshold;
  bool operator==(const DriftMethod&) const = default;
};

constexpr auto describe(Type<DriftMethod>) {
  using namespace schema;
  using S = DriftMethod;
  return object(
      "A measure of difference and the effect that counts.",
      field(
          "name", &S::name,
          "psi (population stability index), ks (binned Kolmogorov-Smirnov D), js (Jensen-Shannon distance, base 2) or "
          "chi2 (homogeneity; its effect is Cramér's V).",
          required),
      field("threshold", &S::threshold, "Effect from which a feature drifts; psi 0.2, the others 0.1.", minimum{0}));
}

struct MonitoredFeature {
  std::string name;
  std::vector<DriftMethod> methods;
  double weight = 1;
  bool operator==(const MonitoredFeature&) const = default;
};

constexpr auto describe(Type<MonitoredFeature>) {
  using namespace schema;
  using S = MonitoredFeature;
  return object("A feature and how it is compared.",
                field("name", &S::name, "Feature of the baseline.", required, min_length{1}, max_length{253}),
                field("methods", &S::methods, "Methods; any of them makes the feature drift. Default: psi.",
                      map_key{"name"}, max_items{4}),
                field("weight", &S::weight, "Its weight in the share of drifted features.", minimum{0}));
}

struct PredictionDrift {
  std::vector<DriftMethod> methods;
  bool operator==(const PredictionDrift&) const = default;
};

constexpr auto describe(Type<PredictionDrift>) {
  using namespace schema;
  return object("How predictions are compared with the baseline's.",
                field("methods", &PredictionDrift::methods, "Methods. Default: js.", map_key{"name"}, max_items{4}));
}

enum class Correction { kNone, kBonferroni, kBenjaminiHochberg };

constexpr auto describe(Type<Correction>) {
  using namespace schema;
  using C = Correction;
  return enumeration("Correction for testing many features.", value("None", C::kNone),
                     value("Bonferroni", C::kBonferroni), value("BH", C::kBenjaminiHochberg));
}

struct DatasetRule {
  double weighted_share = 0;
  bool operator==(const DatasetRule&) const = default;
};

constexpr auto describe(Type<DatasetRule>) {
  using namespace schema;
  return object("When the dataset as a whole drifts.",
                field("weightedShare", &DatasetRule::weighted_share,
                      "Share of the features, by weight, that must drift; 0 means that any feature is enough.",
                      minimum{0}, maximum{1}));
}

struct Decision {
  double alpha = 0.01;
  Correction correction = Correction::kBenjaminiHochberg;
  DatasetRule dataset_rule;
  std::vector<std::int32_t> n_of_m = {2, 3};
  std::int32_t clear_after = 2;
  bool operator==(const Decision&) const = default;
};

constexpr auto describe(Type<Decision>) {
  using namespace schema;
  using S = Decision;
  return object("When differences count.",
                field("alpha", &S::alpha, "Chance of calling noise a drift.", minimum{0.000001}, maximum{0.5}),
                field("correction", &S::correction, "Correction for testing many features."),
                field("datasetRule", &S::dataset_rule, "When the dataset as a whole drifts."),
                field("nOfM", &S::n_of_m, "[N, M]: N of the last M windows must drift.", min_items{2}, max_items{2}),
                field("clearAfter", &S::clear_after, "Windows in a row without drift that end an episode.", minimum{1},
                      maximum{100}),
                rule<S>(
                    "!has(self.nOfM) || (self.nOfM[0] >= 1 && self.nOfM[0] <= self.nOfM[1] && self.nOfM[1] <= 100)",
                    "write [N, M] with 1 <= N <= M <= 100",
                    +[](const S& d) {
                      return d.n_of_m.size() != 2 ||
                             (d.n_of_m[0] >= 1 && d.n_of_m[0] <= d.n_of_m[1] && d.n_of_m[1] <= 100);
                    },
                    "nOfM"));
}

struct RetrainDataset {
  std::string name;
  std::string uri;
  std::string time_column;
  std::int64_t after_onset = 500;
  std::string snapshot_uri;
  bool operator==(const RetrainDataset&) const = default;
};

constexpr auto describe(Type<RetrainDataset>) {
  using namespace schema;
  using S = RetrainDataset;
  return object(
      "Labelled rows, assembled, digested and pinned when a trigger fires.",
      field("name", &S::name, "Dataset of the TrainingJob that the snapshot becomes.", required, dns_label),
      field("uri", &S::uri, "CSV file, or folder of CSV files, that labelled rows are appended to.", required,
            storage_uri),
      field("timeColumn", &S::time_column, "Column with each row's time (RFC 3339).", required, min_length{1}),
      field("afterOnset", &S::after_onset,
            "Rows newer than the drift's onset without which no training starts (RetrainPending).", minimum{0}),
      field("snapshotUri", &S::snapshot_uri, "Folder that snapshots are written to.", required, storage_uri));
}

struct Retrain {
  Raw training_job;
  std::optional<RetrainDataset> dataset;
  Duration cooldown = std::chrono::hours(24);
  bool operator==(const Retrain&) const = default;
};

constexpr auto describe(Type<Retrain>) {
  using namespace schema;
  using S = Retrain;
  return object(
      "The answer to drift: once per episode.",
      field("trainingJob", &S::training_job, "Spec of the TrainingJob to create.", required),
      field("dataset", &S::dataset, "Labelled rows to train on; without it the trainingJob's own datasets are used."),
      field("cooldown", &S::cooldown, "Least time between two retrainings."));
}

struct DriftMonitorSpec {
  TargetRef target_ref;
  DriftSource source;
  Window window;
  std::vector<MonitoredFeature> features;
  std::optional<PredictionDrift> prediction_drift;
  Decision decision;
  std::optional<Retrain> retrain;
  bool suspend = false;
  bool operator==(const DriftMonitorSpec&) const = default;
};

constexpr auto describe(Type<DriftMonitorSpec>) {
  using namespace schema;
  using S = DriftMonitorSpec;
  return object(
      "What to compare, when it counts, and what to do then.",
      field("targetRef", &S::target_ref, "What is watched.", required, immutable),
      field("source", &S::source, "Where windows come from."), field("window", &S::window, "Rows compared at once."),
      field("features", &S::features, "Features to compare; all of the baseline's, by psi, when empty.",
            map_key{"name"}, max_items{1000}),
      field("predictionDrift", &S::prediction_drift, "How predictions are compared."),
      field("decision", &S::decision, "When differences count."), field("retrain", &S::retrain, "The answer to drift."),
      field("suspend", &S::suspend, "Computes and reports, but creates nothing."));
}

enum class MonitorPhase { kPending, kWatching, kInsufficientData, kDrifting, kRetraining };

constexpr auto describe(Type<MonitorPhase>) {
  using namespace schema;
  using P = MonitorPhase;
  return enumeration("The monitor at a glance.", value("Pending", P::kPending), value("Watching", P::kWatching),
                     value("InsufficientData", P::kInsufficientData), value("Drifting", P::kDrifting),
                     value("Retraining", P::kRetraining));
}

struct FeatureDrift {
  std::string name;
  DriftMethodName method = DriftMethodName::kPsi;
  double value = 0;
  double threshold = 0;
  double p = 1;
  bool drifted = false;
  bool operator==(const FeatureDrift&) const = default;
};

constexpr auto describe(Type<FeatureDrift>) {
  using namespace schema;
  using S = FeatureDrift;
  return object("How far one feature has moved.", field("name", &S::name, "Feature.", required),
                field("method", &S::method, "Method with the largest share of its threshold.", required),
                field("value", &S::value, "Effect.", required),
                field("threshold", &S::threshold, "Effect that counts."),
                field("p", &S::p, "Chance of such an effect from noise, corrected.", required),
                field("drifted", &S::drifted, "Whether it counts.", required));
}

struct WindowResult {
  Time start;
  Time end;
  std::int64_t rows = 0;
  std::int32_t drifted_features = 0;
  double weighted_share = 0;
  std::optional<double> prediction_effect;
  std::string verdict;
  bool operator==(const WindowResult&) const = default;
};

constexpr auto describe(Type<WindowResult>) {
  using namespace schema;
  using S = WindowResult;
  return object("The last window that closed.", field("start", &S::start, "Start.", required),
                field("end", &S::end, "End.", required), field("rows", &S::rows, "Rows.", required),
                field("driftedFeatures", &S::drifted_features, "Features that drifted.", required),
                field("weightedShare", &S::weighted_share, "Their share by weight.", required),
                field("predictionEffect", &S::prediction_effect, "Effect on the predictions."),
                field("verdict", &S::verdict, "Drift, NoDrift or InsufficientData.", required));
}

// From the first window that counts until it is cleared: one cause.
struct Episode {
  Time start;
  std::string reference_digest;
  std::string trigger;
  std::string training_job;
  std::string dataset_digest;
  std::int64_t rows_after_onset = 0;
  bool operator==(const Episode&) const = default;
};

constexpr auto describe(Type<Episode>) {
  using namespace schema;
  using S = Episode;
  return object(
      "Drift from its first window until it is cleared: one cause, at most one retraining.",
      field("start", &S::start, "Start of the first window that counted.", required),
      field("referenceDigest", &S::reference_digest, "Baseline that was drifted from.", required),
      field("trigger", &S::trigger, "Id of the retraining's trigger.", required),
      field("trainingJob", &S::training_job, "TrainingJob that was created."),
      field("datasetDigest", &S::dataset_digest, "SHA-256 of the pinned dataset."),
      field("rowsAfterOnset", &S::rows_after_onset, "Labelled rows newer than the onset, when last counted."));
}

struct DriftMonitorStatus {
  std::int64_t observed_generation = 0;
  MonitorPhase phase = MonitorPhase::kPending;
  std::string reference_model_version;
  std::string reference_digest;
  std::optional<Time> watermark;
  std::optional<WindowResult> last_window;
  std::vector<std::string> recent_verdicts;
  std::vector<FeatureDrift> top_features;
  std::optional<Episode> episode;
  std::optional<Time> last_retrain;
  std::int32_t retrains = 0;
  std::vector<Condition> conditions;
  bool operator==(const DriftMonitorStatus&) const = default;
};

constexpr auto describe(Type<DriftMonitorStatus>) {
  using namespace schema;
  using S = DriftMonitorStatus;
  return object(
      "What was seen, and what was done.",
      field("observedGeneration", &S::observed_generation, "Generation of the spec this was said of."),
      field("phase", &S::phase, "The monitor at a glance.", required),
      field("referenceModelVersion", &S::reference_model_version, "ModelVersion whose baseline is the reference."),
      field("referenceDigest", &S::reference_digest, "Digest of that baseline."),
      field("watermark", &S::watermark, "End of the last window that was judged."),
      field("lastWindow", &S::last_window, "The last window that closed."),
      field("recentVerdicts", &S::recent_verdicts, "Verdicts of the last M windows, newest last.", max_items{100}),
      field("topFeatures", &S::top_features, "Features that moved most, at most 20.", max_items{20}),
      field("episode", &S::episode, "The drift in progress."),
      field("lastRetrain", &S::last_retrain, "When a retraining was last created."),
      field("retrains", &S::retrains, "Retrainings so far."),
      field("conditions", &S::conditions, "Ready, DataFresh, DriftDetected, InsufficientData, RetrainPending, Stalled.",
            map_key{"type"}));
}

struct DriftMonitor {
  ObjectMeta metadata;
  DriftMonitorSpec spec;
  DriftMonitorStatus status;
  bool operator==(const DriftMonitor&) const = default;
};

constexpr auto describe(Type<DriftMonitor>) {
  using namespace schema;
  using S = DriftMonitor;
  return object(
      "Compares what a service sees and answers with what its model was trained on, and retrains when that is right.",
      field("metadata", &S::metadata, "Standard object metadata."),
      field("spec", &S::spec, "What to compare, when it counts, and what to do then.", required),
      field("status", &S::status, "What was seen, and what was done."));
}

constexpr Kind kind_of(Type<DriftMonitor>) { return {kGroup, kVersion, "DriftMonitor", "driftmonitors"}; }

schema::CrdInfo crd_info(Type<DriftMonitor>);

}  // namespace gyre
