#pragma once

#include "crds/schema/codec.h"
#include "crds/schema/crd.h"
#include "crds/v1alpha1/common.h"

namespace gyre {

struct Artifact {
  std::string uri;
  std::string format = "custom";
  std::string manifest_digest;
  bool operator==(const Artifact&) const = default;
};

constexpr auto describe(Type<Artifact>) {
  using namespace schema;
  using S = Artifact;
  return object("The model's bytes.",
                field("uri", &S::uri, "Folder that holds manifest.json and model/.", required, storage_uri),
                field("format", &S::format, "Format, for example sklearn."),
                field("manifestDigest", &S::manifest_digest, "SHA-256 of manifest.json, which lists every file's.",
                      required, schema::digest));
}

struct ObjectLineage {
  std::string name;
  std::string uid;
  bool operator==(const ObjectLineage&) const = default;
};

constexpr auto describe(Type<ObjectLineage>) {
  using namespace schema;
  return object("An object by name and UID.", field("name", &ObjectLineage::name, "Name."),
                field("uid", &ObjectLineage::uid, "UID."));
}

struct DatasetLineage {
  std::string name;
  std::string uri;
  std::string digest;
  bool operator==(const DatasetLineage&) const = default;
};

constexpr auto describe(Type<DatasetLineage>) {
  using namespace schema;
  return object("A dataset that the training read.", field("name", &DatasetLineage::name, "Name."),
                field("uri", &DatasetLineage::uri, "Where it was."),
                field("digest", &DatasetLineage::digest, "SHA-256."));
}

// Where a version comes from. Every link is a field; none is inferred from names or times.
struct Lineage {
  std::optional<ObjectLineage> training_job;
  std::optional<ObjectLineage> experiment;
  std::string trigger;
  std::vector<DatasetLineage> datasets;
  std::string image;
  std::map<std::string, std::string> parameters;
  std::optional<std::int64_t> seed;
  bool operator==(const Lineage&) const = default;
};

constexpr auto describe(Type<Lineage>) {
  using namespace schema;
  using S = Lineage;
  return object("Where the version comes from.",
                field("trainingJob", &S::training_job, "TrainingJob that produced it."),
                field("experiment", &S::experiment, "Experiment whose best trial it is."),
                field("trigger", &S::trigger, "Id of the drift trigger that asked for it."),
                field("datasets", &S::datasets, "Datasets it was trained on."),
                field("image", &S::image, "Image of the training container, by digest where the node knows it."),
                field("parameters", &S::parameters, "Parameters of the training."),
                field("seed", &S::seed, "Seed of the training."));
}

struct BaselineRef {
  std::string uri;
  std::string digest;
  bool operator==(const BaselineRef&) const = default;
};

constexpr auto describe(Type<BaselineRef>) {
  using namespace schema;
  return object("The sealed baseline profile.",
                field("uri", &BaselineRef::uri, "The file baseline.json.", required, storage_uri),
                field("digest", &BaselineRef::digest, "SHA-256 of the file.", required, schema::digest));
}

struct Evaluation {
  std::string metric;
  double value = 0;
  std::optional<std::int64_t> n;
  bool operator==(const Evaluation&) const = default;
};

constexpr auto describe(Type<Evaluation>) {
  using namespace schema;
  using S = Evaluation;
  return object("A metric of the training's own evaluation.", field("metric", &S::metric, "Metric.", required),
                field("value", &S::value, "Value.", required), field("n", &S::n, "Rows it was computed on."));
}

// The evaluation rows that challenger and champion are compared on.
struct EvaluationRows {
  std::string predictions_digest;
  std::string evaluation_digest;
  bool operator==(const EvaluationRows&) const = default;
};

constexpr auto describe(Type<EvaluationRows>) {
  using namespace schema;
  using S = EvaluationRows;
  return object("Files beside the artifact that comparisons use.",
                field("predictionsDigest", &S::predictions_digest, "SHA-256 of predictions.csv.", schema::digest),
                field("evaluationDigest", &S::evaluation_digest, "SHA-256 of evaluation.csv.", schema::digest));
}

struct Approved {
  std::string digest;
  bool operator==(const Approved&) const = default;
};

constexpr auto describe(Type<Approved>) {
  using namespace schema;
  return object("A person's approval.", field("digest", &Approved::digest,
                                              "The artifact's manifestDigest, so that just these bytes are approved.",
                                              required, schema::digest));
}

struct VersionApproval {
  ApprovalMode mode = ApprovalMode::kAuto;
  std::optional<Approved> approved;
  bool operator==(const VersionApproval&) const = default;
};

constexpr auto describe(Type<VersionApproval>) {
  using namespace schema;
  return object("Who approves, and whether they did.",
                field("mode", &VersionApproval::mode, "Auto needs nobody; Manual waits for approved.digest."),
                field("approved", &VersionApproval::approved, "Set by the person who approves."));
}

struct ModelVersionSpec {
  std::string model;
  Artifact artifact;
  Lineage lineage;
  Raw signature;
  std::optional<BaselineRef> baseline_profile;
  std::optional<EvaluationRows> evaluation_rows;
  std::vector<Evaluation> evaluations;
  std::vector<Gate> gates;
  VersionApproval approval;
  bool operator==(const ModelVersionSpec&) const = default;
};

constexpr auto describe(Type<ModelVersionSpec>) {
  using namespace schema;
  using S = ModelVersionSpec;
  return object(
      "What was made, from what, and what it must meet. Only approval may change.",
      field("model", &S::model, "Model this is a version of.", required, immutable, dns_label),
      field("artifact", &S::artifact, "The model's bytes.", required, immutable),
      field("lineage", &S::lineage, "Where it comes from.", immutable),
      field("signature", &S::signature, "Inputs and outputs, as MLflow writes them.", immutable),
      field("baselineProfile", &S::baseline_profile, "The sealed baseline profile.", immutable),
      field("evaluationRows", &S::evaluation_rows, "Files beside the artifact that comparisons use.", immutable),
      field("evaluations", &S::evaluations, "Metrics of the training's own evaluation.", immutable, max_items{256}),
      field("gates", &S::gates, "What it must meet to be Approved.", immutable, max_items{32}),
      field("approval", &S::approval, "Who approves, and whether they did."));
}

enum class VersionPhase { kPending, kVerifying, kEvaluating, kRejected, kAwaitingApproval, kApproved };

constexpr auto describe(Type<VersionPhase>) {
  using namespace schema;
  using P = VersionPhase;
  return enumeration("Where the version is.", value("Pending", P::kPending), value("Verifying", P::kVerifying),
                     value("Evaluating", P::kEvaluating), value("Rejected", P::kRejected),
                     value("AwaitingApproval", P::kAwaitingApproval), value("Approved", P::kApproved));
}

enum class VerdictResult { kPassed, kFailed, kSuperior, kNonInferior, kInferior, kInconclusive, kError };

constexpr auto describe(Type<VerdictResult>) {
  using namespace schema;
  using R = VerdictResult;
  return enumeration("A gate's outcome.", value("Passed", R::kPassed), value("Failed", R::kFailed),
                     value("Superior", R::kSuperior), value("NonInferior", R::kNonInferior),
                     value("Inferior", R::kInferior), value("Inconclusive", R::kInconclusive),
                     value("Error", R::kError));
}

struct Verdict {
  std::int32_t gate = 0;
  std::string metric;
  std::string champion;
  std::optional<double> value;
  std::optional<double> champion_value;
  std::optional<double> delta;
  std::vector<double> ci;
  std::optional<double> p;
  std::optional<std::int64_t> n;
  VerdictResult result = VerdictResult::kError;
  std::string message;
  bool operator==(const Verdict&) const = default;
};

constexpr auto describe(Type<Verdict>) {
  using namespace schema;
  using S = Verdict;
  return object("How one gate judged.", field("gate", &S::gate, "Index in spec.gates.", required),
                field("metric", &S::metric, "Metric.", required),
                field("champion", &S::champion, "ModelVersion it was compared with."),
                field("value", &S::value, "The version's value."),
                field("championValue", &S::champion_value, "The champion's value on the same rows."),
                field("delta", &S::delta, "Difference; positive is better."),
                field("ci", &S::ci, "Confidence interval of the difference."), field("p", &S::p, "One-sided p-value."),
                field("n", &S::n, "Rows compared."), field("result", &S::result, "Outcome.", required),
                field("message", &S::message, "In words."));
}

struct ModelVersionStatus {
  std::int64_t observed_generation = 0;
  VersionPhase phase = VersionPhase::kPending;
  std::int32_t version = 0;
  std::vector<Verdict> verdicts;
  std::int32_t verification_attempts = 0;
  std::int32_t evaluation_attempts = 0;
  std::vector<std::string> served_by;
  std::vector<Condition> conditions;
  bool operator==(const ModelVersionStatus&) const = default;
};

constexpr auto describe(Type<ModelVersionStatus>) {
  using namespace schema;
  using S = ModelVersionStatus;
  return object("How the version was judged, and who serves it.",
                field("observedGeneration", &S::observed_generation, "Generation of the spec this was said of."),
                field("phase", &S::phase, "Where the version is.", required),
                field("version", &S::version, "Number within the model, assigned in order, from 1."),
                field("verdicts", &S::verdicts, "One for each gate.", max_items{32}),
                field("verificationAttempts", &S::verification_attempts, "Times the artifact was read to verify it."),
                field("evaluationAttempts", &S::evaluation_attempts, "Times the champion was asked."),
                field("servedBy", &S::served_by, "InferenceServices that serve it or may roll back to it."),
                field("conditions", &S::conditions, "Ready (approved), Verified, GatesPassed, FirstVersion, Stalled.",
                      map_key{"type"}));
}

struct ModelVersion {
  ObjectMeta metadata;
  ModelVersionSpec spec;
  ModelVersionStatus status;
  bool operator==(const ModelVersion&) const = default;
};

constexpr auto describe(Type<ModelVersion>) {
  using namespace schema;
  using S = ModelVersion;
  return object("An immutable, content-addressed model with its lineage, evaluations and the verdict of its gates.",
                field("metadata", &S::metadata, "Standard object metadata."),
                field("spec", &S::spec, "What was made, from what, and what it must meet.", required),
                field("status", &S::status, "How it was judged, and who serves it."));
}

constexpr Kind kind_of(Type<ModelVersion>) { return {kGroup, kVersion, "ModelVersion", "modelversions"}; }

schema::CrdInfo crd_info(Type<ModelVersion>);

}  // namespace gyre
