#pragma once

#include <string>

#include "controllers/common/names.h"
#include "crds/v1alpha1/training_job.h"

namespace gyre::training_job {

// The user's training container: the one whose end decides an attempt.
inline constexpr char kTrainer[] = "trainer";
// Our native sidecar; its termination message is what was published.
inline constexpr char kPublish[] = "gyre-publish";

inline constexpr char kOutputFolder[] = "/gyre/output";
inline constexpr char kDatasetsFolder[] = "/gyre/datasets";
inline constexpr int kRendezvousPort = 29500;
// Set by the Job controller on each pod of an Indexed Job.
inline constexpr char kIndexAnnotation[] = "batch.kubernetes.io/job-completion-index";

// Conditions of a TrainingJob.
inline constexpr char kComplete[] = "Complete";
inline constexpr char kFailed[] = "Failed";
inline constexpr char kProgressing[] = "Progressing";
inline constexpr char kSuspended[] = "Suspended";
inline constexpr char kStalled[] = "Stalled";

// Pods of an Indexed Job are named <job>-<index>, which must be a DNS label: room for four more digits and dashes.
inline std::string attempt_name(const TrainingJob& job, int attempt) {
  return child_name(job.metadata.name, std::to_string(attempt), 57);
}

// The headless Service, and the value of the label gyre.dev/training-job.
inline std::string service_name(const TrainingJob& job) { return child_name(job.metadata.name, ""); }

// The init container that fetches a dataset, and the folder's volume.
inline std::string fetch_name(const Dataset& dataset) { return child_name("gyre-fetch-" + dataset.name, ""); }
inline std::string dataset_volume(const Dataset& dataset) { return child_name("gyre-dataset-" + dataset.name, ""); }

// Of all attempts, each of which publishes into a folder of its own.
inline std::string attempt_uri(const TrainingJob& job, int attempt) {
  std::string base = job.spec.output ? job.spec.output->uri : std::string();
  while (!base.empty() && base.back() == '/') base.pop_back();
  return base + "/" + attempt_name(job, attempt);
}

}  // namespace gyre::training_job
