#pragma once

#include "crds/schema/codec.h"
#include "crds/schema/crd.h"
#include "crds/v1alpha1/common.h"

namespace gyre {

enum class Framework { kPlain, kTorch };

constexpr auto describe(Type<Framework>) {
  using namespace schema;
  return enumeration("Which rendezvous variables the training container gets.", value("plain", Framework::kPlain),
                     value("torch", Framework::kTorch));
}

struct Dataset {
  std::string name;
  std::string uri;
  std::string digest;
  bool operator==(const Dataset&) const = default;
};

constexpr auto describe(Type<Dataset>) {
  using namespace schema;
  using S = Dataset;
  return object(
      "Data that is fetched and verified before the training container starts.",
      field("name", &S::name, "Name; the container finds the folder in GYRE_DATASET_<NAME>.", required, dns_label),
      field("uri", &S::uri, "File or folder to fetch.", required, storage_uri),
      field("digest", &S::digest, "SHA-256 of the file, or of the folder's sorted listing; checked when given.",
            schema::digest));
}

struct TrainingOutput {
  std::string uri;
  std::optional<ModelOutput> model;
  bool operator==(const TrainingOutput&) const = default;
};

constexpr auto describe(Type<TrainingOutput>) {
  using namespace schema;
  using S = TrainingOutput;
  return object(
      "Where the output goes and what is made of it.",
      field("uri", &S::uri, "Folder; each attempt publishes into a folder of its own below it.", required, storage_uri),
      field("model", &S::model, "Creates a ModelVersion when the training succeeds."));
}

struct RunPolicy {
  std::int32_t backoff_limit = 3;
  std::optional<std::int64_t> active_deadline_seconds;
  std::optional<std::int64_t> ttl_seconds_after_finished;
  bool operator==(const RunPolicy&) const = default;
};

constexpr auto describe(Type<RunPolicy>) {
  using namespace schema;
  using S = RunPolicy;
  return object("How long and how often.",
                field("backoffLimit", &S::backoff_limit, "Failed attempts that are followed by another.", minimum{0},
                      maximum{100}),
                field("activeDeadlineSeconds", &S::active_deadline_seconds,
                      "Seconds from the first start after which the training fails, whatever it does.", minimum{1}),
                field("ttlSecondsAfterFinished", &S::ttl_seconds_after_finished,
                      "Seconds after which a finished TrainingJob deletes itself; never without it.", minimum{0}));
}

struct SharedMemory {
  std::string size_limit;
  bool operator==(const SharedMemory&) const = default;
};

constexpr auto describe(Type<SharedMemory>) {
  using namespace schema;
  return object("The memory-backed /dev/shm.",
                field("sizeLimit", &SharedMemory::size_limit, "Its size, counted against the memory limit.", required,
                      pattern{"^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$", "a quantity of bytes such as 8Gi"}));
}

struct TrainingJobSpec {
  Framework framework = Framework::kPlain;
  std::int32_t num_nodes = 1;
  std::string num_proc_per_node = "auto";
  Raw template_;
  std::vector<Dataset> datasets;
  std::map<std::string, std::string> parameters;
  std::optional<TrainingOutput> output;
  bool suspend = false;
  RunPolicy run_policy;
  std::optional<SharedMemory> shared_memory;
  std::optional<std::int64_t> seed;
  bool operator==(const TrainingJobSpec&) const = default;
};

constexpr auto describe(Type<TrainingJobSpec>) {
  using namespace schema;
  using S = TrainingJobSpec;
  return object(
      "The training to run.",
      field("framework", &S::framework, "Which rendezvous variables the training container gets.", immutable),
      field("numNodes", &S::num_nodes, "Pods that train together.", immutable, minimum{1}, maximum{1000}),
      field("numProcPerNode", &S::num_proc_per_node,
            "Processes a pod (torch); auto means one for each GPU in its limits, else 1.", immutable,
            pattern{"^(auto|[1-9][0-9]{0,3})$", "auto or a whole number"}),
      field("template", &S::template_,
            "Pod template, any field of a PodTemplateSpec; its container \"trainer\" is the training container.",
            required, immutable),
      field("datasets", &S::datasets, "Data fetched before the container starts.", immutable, map_key{"name"},
            max_items{16}),
      field("parameters", &S::parameters, "Given to the container as GYRE_PARAM_<NAME>, and kept as lineage.",
            immutable),
      field("output", &S::output, "What to publish, and where.", immutable),
      field("suspend", &S::suspend, "Stops the running attempt and starts none until it is false again."),
      field("runPolicy", &S::run_policy, "How long and how often."),
      field("sharedMemory", &S::shared_memory,
            "Size of /dev/shm; half of the memory limit when more than one GPU or node trains.", immutable),
      field("seed", &S::seed, "Given to the container as GYRE_SEED, and kept as lineage.", immutable));
}

enum class TrainingPhase { kPending, kRunning, kRestarting, kPublishing, kSucceeded, kFailed, kSuspended };

constexpr auto describe(Type<TrainingPhase>) {
  using namespace schema;
  using P = TrainingPhase;
  return enumeration("Where in its life the training is.", value("Pending", P::kPending), value("Running", P::kRunning),
                     value("Restarting", P::kRestarting), value("Publishing", P::kPublishing),
                     value("Succeeded", P::kSucceeded), value("Failed", P::kFailed), value("Suspended", P::kSuspended));
}

struct ReplicaStatuses {
  std::int32_t active = 0;
  std::int32_t ready = 0;
  std::int32_t succeeded = 0;
  std::int32_t failed = 0;
  bool operator==(const ReplicaStatuses&) const = default;
};

constexpr auto describe(Type<ReplicaStatuses>) {
  using namespace schema;
  using S = ReplicaStatuses;
  return object("Pods of the current attempt.", field("active", &S::active, "Pending or running."),
                field("ready", &S::ready, "Ready."), field("succeeded", &S::succeeded, "Succeeded."),
                field("failed", &S::failed, "Failed."));
}

struct DatasetDigest {
  std::string name;
  std::string digest;
  bool operator==(const DatasetDigest&) const = default;
};

constexpr auto describe(Type<DatasetDigest>) {
  using namespace schema;
  return object("What a dataset was when it was fetched.",
                field("name", &DatasetDigest::name, "Dataset of spec.datasets.", required),
                field("digest", &DatasetDigest::digest, "SHA-256 of what was fetched.", required));
}

struct TrainingJobStatus {
  std::int64_t observed_generation = 0;
  TrainingPhase phase = TrainingPhase::kPending;
  std::int32_t attempt = 0;
  std::int32_t failures = 0;
  std::int32_t disruptions = 0;
  ReplicaStatuses replica_statuses;
  std::optional<Time> start_time;
  std::optional<Time> completion_time;
  std::vector<MetricValue> metrics;
  std::optional<std::int64_t> evaluation_rows;
  std::optional<PublishedOutput> output;
  std::vector<DatasetDigest> datasets;
  std::string image;
  std::string model_version;
  std::int64_t gpu_seconds = 0;
  std::vector<Condition> conditions;
  bool operator==(const TrainingJobStatus&) const = default;
};

constexpr auto describe(Type<TrainingJobStatus>) {
  using namespace schema;
  using S = TrainingJobStatus;
  return object(
      "What has become of it.",
      field("observedGeneration", &S::observed_generation, "Generation of the spec this was said of."),
      field("phase", &S::phase, "Where in its life the training is.", required),
      field("attempt", &S::attempt, "Number of the current attempt, from 0."),
      field("failures", &S::failures, "Attempts that failed and counted."),
      field("disruptions", &S::disruptions, "Attempts that the cluster ended (drained, preempted, lost); not counted."),
      field("replicaStatuses", &S::replica_statuses, "Pods of the current attempt."),
      field("startTime", &S::start_time, "When the first attempt started."),
      field("completionTime", &S::completion_time, "When it succeeded or failed."),
      field("metrics", &S::metrics, "Final metrics, at most 64.", max_items{64}),
      field("evaluationRows", &S::evaluation_rows, "Rows that the final metrics were computed on, where known."),
      field("output", &S::output, "What was published."),
      field("datasets", &S::datasets, "Datasets as they were fetched.", max_items{16}),
      field("image", &S::image, "Image that trained, by digest where the node knows it."),
      field("modelVersion", &S::model_version, "ModelVersion made of it."),
      field("gpuSeconds", &S::gpu_seconds, "GPUs times seconds, over all attempts."),
      field("conditions", &S::conditions, "Complete, Failed, Progressing, Suspended, Stalled.", map_key{"type"}));
}

struct TrainingJob {
  ObjectMeta metadata;
  TrainingJobSpec spec;
  TrainingJobStatus status;
  bool operator==(const TrainingJob&) const = default;
};

constexpr auto describe(Type<TrainingJob>) {
  using namespace schema;
  using S = TrainingJob;
  return object("Runs one training to completion on any number of pods, and publishes what it made.",
                field("metadata", &S::metadata, "Standard object metadata."),
                field("spec", &S::spec, "The training to run.", required),
                field("status", &S::status, "What has become of it."));
}

constexpr Kind kind_of(Type<TrainingJob>) { return {kGroup, kVersion, "TrainingJob", "trainingjobs"}; }

schema::CrdInfo crd_info(Type<TrainingJob>);

}  // namespace gyre
