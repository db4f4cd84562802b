#pragma once

// Profiles on their way: POST /v1/buckets with closed buckets. A bucket is answered for only after it is persisted;
// until then the agent keeps it, in a memory-mapped file that outlives its container.

#include "crds/schema/codec.h"
#include "crds/schema/traits.h"

namespace gyre::wire {

inline constexpr char kBucketsPath[] = "/v1/buckets";
// POST /v1/baselines/<model-version>: a verifying Job delivers baseline.json, byte for byte.
inline constexpr char kBaselinesPath[] = "/v1/baselines/";

// Counts in the baseline's bins (Profile::counts has the same layout) over [start, start+seconds).
struct FeatureCounts {
  std::string name;
  std::vector<std::int64_t> counts;
  bool operator==(const FeatureCounts&) const = default;
};

constexpr auto describe(Type<FeatureCounts>) {
  using namespace schema;
  return object("A feature's counts.", field("name", &FeatureCounts::name, "", required),
                field("counts", &FeatureCounts::counts, "", required));
}

struct Bucket {
  std::int64_t sequence = 0;  // Grows by one for each bucket that the pod closes.
  std::int64_t start = 0;     // Seconds since the epoch, a multiple of seconds.
  std::int64_t seconds = 0;
  std::int64_t rows = 0;
  std::vector<FeatureCounts> features;
  std::vector<FeatureCounts> predictions;
  bool operator==(const Bucket&) const = default;
};

constexpr auto describe(Type<Bucket>) {
  using namespace schema;
  using S = Bucket;
  return object("A closed bucket.", field("sequence", &S::sequence, "", required),
                field("start", &S::start, "", required), field("seconds", &S::seconds, "", required),
                field("rows", &S::rows, "", required), field("features", &S::features, ""),
                field("predictions", &S::predictions, ""));
}

struct BucketsRequest {
  std::string service;
  std::string revision;
  std::string model_version;
  std::string baseline_digest;
  std::vector<Bucket> buckets;
  bool operator==(const BucketsRequest&) const = default;
};

constexpr auto describe(Type<BucketsRequest>) {
  using namespace schema;
  using S = BucketsRequest;
  return object("Closed buckets of one pod.", field("service", &S::service, "", required),
                field("revision", &S::revision, "", required), field("modelVersion", &S::model_version, "", required),
                field("baselineDigest", &S::baseline_digest, "", required),
                field("buckets", &S::buckets, "", required));
}

struct BucketsResponse {
  std::vector<std::int64_t> acknowledged;  // Sequences that are persisted, or were before.
  bool operator==(const BucketsResponse&) const = default;
};

constexpr auto describe(Type<BucketsResponse>) {
  using namespace schema;
  return object("What was persisted.", field("acknowledged", &BucketsResponse::acknowledged, "", required));
}

// How far a pod's buckets have been added to a window.
struct AgentProgress {
  std::string pod_uid;
  std::int64_t last_sequence = 0;
  bool operator==(const AgentProgress&) const = default;
};

constexpr auto describe(Type<AgentProgress>) {
  using namespace schema;
  return object("A pod's progress.", field("podUID", &AgentProgress::pod_uid, "", required),
                field("lastSequence", &AgentProgress::last_sequence, "", required));
}

// A monitor's window of one served version: kept as ConfigMap key window.json (role label "window").
inline constexpr char kWindowKey[] = "window.json";

struct WindowCounts {
  std::string monitor;
  std::string model_version;
  std::string baseline_digest;
  std::int64_t start = 0;  // Seconds since the epoch.
  std::int64_t seconds = 0;
  std::int64_t rows = 0;
  std::vector<FeatureCounts> features;
  std::vector<FeatureCounts> predictions;
  std::vector<AgentProgress> agents;
  bool operator==(const WindowCounts&) const = default;
};

constexpr auto describe(Type<WindowCounts>) {
  using namespace schema;
  using S = WindowCounts;
  return object(
      "A window.", field("monitor", &S::monitor, "", required), field("modelVersion", &S::model_version, "", required),
      field("baselineDigest", &S::baseline_digest, "", required), field("start", &S::start, "", required),
      field("seconds", &S::seconds, "", required), field("rows", &S::rows, "", required),
      field("features", &S::features, ""), field("predictions", &S::predictions, ""), field("agents", &S::agents, ""));
}

}  // namespace gyre::wire
