#pragma once

#include <string>

#include "controllers/drift_monitor/observed.h"
#include "operator/base/result.h"

namespace gyre::drift_monitor {

// Copies the labelled rows to a folder of the episode's own, if enough of them postdate its onset.
// spec.retrain.dataset is set.
Job make_snapshot_job(const DriftMonitor& monitor, const Episode& episode, const Options& options);

// The folder that the episode's snapshot lands in.
std::string snapshot_uri(const DriftMonitor& monitor, const Episode& episode);

// Where the snapshot is, and what it is. Empty without a dataset.
struct Pinned {
  std::string uri;
  std::string digest;
};

// Name, labels and owner of an episode's retraining.
ObjectMeta retraining_metadata(const DriftMonitor& monitor, const Episode& episode);

// The retraining of an episode: spec.retrain.trainingJob on the pinned rows, labelled with monitor and trigger.
Result<TrainingJob> make_training_job(const DriftMonitor& monitor, const Episode& episode, const Pinned& pinned);

}  // namespace gyre::drift_monitor
