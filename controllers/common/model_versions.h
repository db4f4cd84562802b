#pragma once

#include <optional>

#include "crds/v1alpha1/model_version.h"
#include "crds/v1alpha1/training_job.h"

namespace gyre {

// The ModelVersion of a TrainingJob that has succeeded and published: status.output is set. It has no owner, because
// it outlives what made it; its name follows from the TrainingJob's UID, so that making it twice is a name collision.
// `experiment` is the search whose best trial this is.
ModelVersion make_model_version(const TrainingJob& trained, const ModelOutput& wanted,
                                std::optional<ObjectLineage> experiment = std::nullopt);

// Whether an object of that name is the version of this TrainingJob, and not somebody else's.
bool is_version_of(const ModelVersion& version, const TrainingJob& trained);

}  // namespace gyre
