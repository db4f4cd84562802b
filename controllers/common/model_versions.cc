#include "controllers/common/model_versions.h"

#include "controllers/common/metadata.h"
#include "controllers/common/metric_values.h"
#include "controllers/common/names.h"

namespace gyre {
namespace {

std::string fetched_digest(const TrainingJob& trained, const Dataset& dataset) {
  for (const DatasetDigest& fetched : trained.status.datasets)
    if (fetched.name == dataset.name) return fetched.digest;
  return dataset.digest;
}

Lineage make_lineage(const TrainingJob& trained, std::optional<ObjectLineage> experiment) {
  Lineage lineage;
  lineage.training_job = ObjectLineage{trained.metadata.name, trained.metadata.uid};
  lineage.experiment = std::move(experiment);
  lineage.trigger = label_of(trained.metadata, labels::kTrigger);
  for (const Dataset& dataset : trained.spec.datasets)
    lineage.datasets.push_back({dataset.name, dataset.uri, fetched_digest(trained, dataset)});
  lineage.image = trained.status.image;
  lineage.parameters = trained.spec.parameters;
  lineage.seed = trained.spec.seed;
  return lineage;
}

ObjectMeta make_metadata(const TrainingJob& trained, const ModelOutput& wanted) {
  ObjectMeta meta;
  meta.name = model_version_name(wanted.name, trained.metadata.uid);
  meta.namespace_ = trained.metadata.namespace_;
  meta.labels[labels::kManagedBy] = labels::kManagedByGyre;
  meta.labels[labels::kModel] = wanted.name;
  const std::string trigger = label_of(trained.metadata, labels::kTrigger);
  if (!trigger.empty()) meta.labels[labels::kTrigger] = trigger;
  return meta;
}

}  // namespace

ModelVersion make_model_version(const TrainingJob& trained, const ModelOutput& wanted,
                                std::optional<ObjectLineage> experiment) {
  const PublishedOutput output = trained.status.output.value_or(PublishedOutput{});
  ModelVersion version;
  version.metadata = make_metadata(trained, wanted);
  ModelVersionSpec& spec = version.spec;
  spec.model = wanted.name;
  spec.artifact = {output.uri, output.format.empty() ? "custom" : output.format, output.manifest_digest};
  spec.lineage = make_lineage(trained, std::move(experiment));
  if (!output.baseline_digest.empty())
    spec.baseline_profile = BaselineRef{output.uri + "/baseline.json", output.baseline_digest};
  if (!output.predictions_digest.empty())
    spec.evaluation_rows = EvaluationRows{output.predictions_digest, output.evaluation_digest};
  for (const MetricValue& metric : trained.status.metrics)
    if (const auto value = finite_number(metric.value))
      spec.evaluations.push_back({metric.name, *value, trained.status.evaluation_rows});
  spec.gates = wanted.gates;
  spec.approval.mode = wanted.approval.mode;
  return version;
}

bool is_version_of(const ModelVersion& version, const TrainingJob& trained) {
  return version.spec.lineage.training_job && version.spec.lineage.training_job->uid == trained.metadata.uid;
}

}  // namespace gyre
