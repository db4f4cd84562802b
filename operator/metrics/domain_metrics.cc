#include "operator/metrics/domain_metrics.h"

#include "crds/v1alpha1/kinds.h"

namespace gyre::metrics {
namespace {

struct Occurrence {
  const char* kind;
  EventType type;
  const char* reason;
};

// Events that alerts and the dashboard ask for. They begin at zero: a series that begins at one has not increased.
constexpr Occurrence kAskedFor[] = {
    {"Experiment", EventType::kNormal, "Succeeded"},        {"Experiment", EventType::kWarning, "Failed"},
    {"Experiment", EventType::kWarning, "TrialFailed"},     {"TrainingJob", EventType::kNormal, "Running"},
    {"TrainingJob", EventType::kNormal, "Succeeded"},       {"TrainingJob", EventType::kWarning, "Failed"},
    {"ModelVersion", EventType::kNormal, "Approved"},       {"ModelVersion", EventType::kWarning, "Rejected"},
    {"ModelVersion", EventType::kWarning, "VerifyFailed"},  {"InferenceService", EventType::kNormal, "RolloutStarted"},
    {"InferenceService", EventType::kNormal, "Promoted"},   {"InferenceService", EventType::kWarning, "RolledBack"},
    {"InferenceService", EventType::kWarning, "Aborted"},   {"DriftMonitor", EventType::kWarning, "DriftDetected"},
    {"DriftMonitor", EventType::kNormal, "DriftCleared"},   {"DriftMonitor", EventType::kNormal, "RetrainStarted"},
    {"DriftMonitor", EventType::kWarning, "RetrainFailed"},
};

}  // namespace

DomainMetrics::DomainMetrics(runtime::Manager& manager) {
  for_each_kind([&]<class T>(Type<T>) { tally_.follow<T>(manager.cache().declare<T>()); });
  runtime::Metrics& metrics = manager.metrics();
  metrics.collect_gauge("gyre_objects", "Objects by kind and phase.", [this] { return tally_.phases(); });
  metrics.collect_gauge("gyre_conditions", "Objects by kind and by type, status and reason of their conditions.",
                        [this] { return tally_.conditions(); });
  metrics.declare_gauge("gyre_build_info", "Always 1; the labels tell the version that runs.");
  metrics.set("gyre_build_info", {{"version", GYRE_VERSION}}, 1);
  for (const Occurrence& each : kAskedFor)
    metrics.add(runtime::kEventsTotal, runtime::event_labels(each.kind, each.type, each.reason), 0);
}

}  // namespace gyre::metrics
