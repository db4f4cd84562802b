#pragma once

#include <string>
#include <vector>

#include "crds/meta/meta.h"
#include "crds/schema/traits.h"

namespace gyre {

inline constexpr std::string_view kGroup = "gyre.dev";
inline constexpr std::string_view kVersion = "v1alpha1";

namespace schema {

// sha256:<64 hex digits>
struct Digest {
  constexpr void apply(Constraints& c) const {
    c.pattern = "^sha256:[0-9a-f]{64}$";
    c.pattern_help = "sha256: followed by 64 lower-case hex digits";
  }
};
inline constexpr Digest digest;

// Where bytes are. One scheme is understood today.
struct StorageUri {
  constexpr void apply(Constraints& c) const {
    c.pattern = "^pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(/[^\\s]*)?$";
    c.pattern_help = "pvc://<claim>/<path> (a PersistentVolumeClaim of this namespace and a path on it)";
    c.max_length = 1024;
  }
};
inline constexpr StorageUri storage_uri;

}  // namespace schema

enum class GateReference { kChampion };

constexpr auto describe(Type<GateReference>) {
  using namespace schema;
  return enumeration("What a metric is compared with.", value("Champion", GateReference::kChampion));
}

enum class GateTest { kPairedBootstrap };

constexpr auto describe(Type<GateTest>) {
  using namespace schema;
  return enumeration("Statistical test of a comparison.", value("PairedBootstrap", GateTest::kPairedBootstrap));
}

enum class OnInconclusive { kReject, kPass };

constexpr auto describe(Type<OnInconclusive>) {
  using namespace schema;
  return enumeration("What an inconclusive comparison means.", value("Reject", OnInconclusive::kReject),
                     value("Pass", OnInconclusive::kPass));
}

// A condition that a model must meet before it is Approved.
struct Gate {
  std::string metric;
  std::optional<double> min;
  std::optional<double> max;
  std::optional<GateReference> vs;
  std::string inference_service;
  GateTest test = GateTest::kPairedBootstrap;
  double margin = 0;
  double confidence = 0.95;
  OnInconclusive on_inconclusive = OnInconclusive::kReject;
  bool operator==(const Gate&) const = default;
};

constexpr auto describe(Type<Gate>) {
  using namespace schema;
  using S = Gate;
  return object(
      "A condition that a model must meet before it is Approved.",
      field("metric", &S::metric, "Metric of the model's evaluations, for example accuracy.", required, min_length{1},
            max_length{253}),
      field("min", &S::min, "Smallest value that passes."), field("max", &S::max, "Largest value that passes."),
      field("vs", &S::vs, "Champion compares with the version that is served now, on the same evaluation rows."),
      field("inferenceService", &S::inference_service,
            "The InferenceService whose stable version is the champion; needed where several serve this model.",
            max_length{63}),
      field("test", &S::test, "Test used by a comparison with the champion (Efron and Tibshirani 1993, chapter 16)."),
      field("margin", &S::margin, "How much worse than the champion still passes, in units of the metric.", minimum{0}),
      field("confidence", &S::confidence, "Confidence of the interval of the difference.", minimum{0.5},
            maximum{0.9999}),
      field("onInconclusive", &S::on_inconclusive, "What it means when the rows cannot tell the two apart."),
      rule<S>(
          "has(self.min) || has(self.max) || has(self.vs)",
          "set min, max or vs: Champion; a gate without any of them decides nothing",
          +[](const S& g) { return g.min || g.max || g.vs; }),
      rule<S>(
          "!(has(self.min) && has(self.max)) || self.min <= self.max", "min must not exceed max",
          +[](const S& g) { return !(g.min && g.max) || *g.min <= *g.max; }, "min"),
      rule<S>(
          "!(has(self.inferenceService) && self.inferenceService != '') || has(self.vs)",
          "inferenceService names the champion; set vs: Champion with it",
          +[](const S& g) { return g.inference_service.empty() || g.vs; }, "inferenceService"));
}

enum class ApprovalMode { kAuto, kManual };

constexpr auto describe(Type<ApprovalMode>) {
  using namespace schema;
  return enumeration("Who approves.", value("Auto", ApprovalMode::kAuto), value("Manual", ApprovalMode::kManual));
}

struct ApprovalPolicy {
  ApprovalMode mode = ApprovalMode::kAuto;
  bool operator==(const ApprovalPolicy&) const = default;
};

constexpr auto describe(Type<ApprovalPolicy>) {
  using namespace schema;
  return object("Who approves a version whose gates have passed.",
                field("mode", &ApprovalPolicy::mode, "Auto needs nobody; Manual waits for approval.approved.digest."));
}

// The ModelVersion that a training or a search hands over.
struct ModelOutput {
  std::string name;
  std::vector<Gate> gates;
  ApprovalPolicy approval;
  bool operator==(const ModelOutput&) const = default;
};

constexpr auto describe(Type<ModelOutput>) {
  using namespace schema;
  using S = ModelOutput;
  return object("The ModelVersion to create from what was published.",
                field("name", &S::name, "Model it is a version of.", required, dns_label),
                field("gates", &S::gates, "Gates of the version.", max_items{32}),
                field("approval", &S::approval, "Who approves."));
}

// A metric's value as text, as Katib writes it: JSON has no NaN.
struct MetricValue {
  std::string name;
  std::string value;
  bool operator==(const MetricValue&) const = default;
};

constexpr auto describe(Type<MetricValue>) {
  using namespace schema;
  return object("The last value of a metric.", field("name", &MetricValue::name, "Metric.", required),
                field("value", &MetricValue::value, "Value; NaN, Infinity and -Infinity are written so.", required));
}

// What a training has published. Digests are of the bytes; sizes and paths of files are in the manifest.
struct PublishedOutput {
  std::string uri;
  std::string manifest_digest;
  std::string format;
  std::string baseline_digest;
  std::string predictions_digest;
  std::string evaluation_digest;
  std::string signature_digest;
  bool operator==(const PublishedOutput&) const = default;
};

constexpr auto describe(Type<PublishedOutput>) {
  using namespace schema;
  using S = PublishedOutput;
  return object(
      "What the training has published.",
      field("uri", &S::uri, "Folder with manifest.json, model/, baseline.json and the evaluation files."),
      field("manifestDigest", &S::manifest_digest, "SHA-256 of manifest.json, which lists every file of model/."),
      field("format", &S::format, "Artifact format, for example sklearn; custom when unknown."),
      field("baselineDigest", &S::baseline_digest, "SHA-256 of the sealed baseline profile; empty without one."),
      field("predictionsDigest", &S::predictions_digest, "SHA-256 of predictions.csv."),
      field("evaluationDigest", &S::evaluation_digest, "SHA-256 of evaluation.csv."),
      field("signatureDigest", &S::signature_digest, "SHA-256 of signature.json."));
}

}  // namespace gyre
