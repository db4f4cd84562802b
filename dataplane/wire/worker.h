#pragma once

// What gyre-worker's subcommands leave in their container's termination message (at most 4,096 bytes), and the
// manifest of what was published.

#include "crds/v1alpha1/model_version.h"

namespace gyre::wire {

inline constexpr char kManifestVersion[] = "gyre.manifest/v1";
// Where claims are mounted in our containers: pvc://data/x is /gyre/pvc/data/x.
inline constexpr char kClaimMounts[] = "/gyre/pvc";

struct ManifestFile {
  std::string path;  // Below the published folder.
  std::int64_t size = 0;
  std::string sha256;
  bool operator==(const ManifestFile&) const = default;
};

constexpr auto describe(Type<ManifestFile>) {
  using namespace schema;
  using S = ManifestFile;
  return object("A published file.", field("path", &S::path, "", required), field("size", &S::size, "", required),
                field("sha256", &S::sha256, "64 hex digits", required));
}

// manifest.json, sorted by path; its own digest names the version.
struct Manifest {
  std::string version = kManifestVersion;
  std::string format;
  std::vector<ManifestFile> files;
  bool operator==(const Manifest&) const = default;
};

constexpr auto describe(Type<Manifest>) {
  using namespace schema;
  using S = Manifest;
  return object("Every file that was published.", field("version", &S::version, "", required),
                field("format", &S::format, "", required), field("files", &S::files, "", required));
}

// Left by `publish`.
struct PublishMessage {
  PublishedOutput output;
  std::vector<MetricValue> metrics;  // As many of metrics.json as fit.
  std::optional<std::int64_t> evaluation_rows;
  std::string error;  // Not empty: nothing was published, and why.
  bool operator==(const PublishMessage&) const = default;
};

constexpr auto describe(Type<PublishMessage>) {
  using namespace schema;
  using S = PublishMessage;
  return object("Outcome of publish.", field("output", &S::output, ""), field("metrics", &S::metrics, ""),
                field("evaluationRows", &S::evaluation_rows, ""), field("error", &S::error, ""));
}

// Left by `fetch`.
struct FetchMessage {
  std::string digest;
  std::string error;
  bool mismatch = false;  // The bytes are not what their digest says: trying again is of no use.
  bool operator==(const FetchMessage&) const = default;
};

constexpr auto describe(Type<FetchMessage>) {
  using namespace schema;
  using S = FetchMessage;
  return object("Outcome of fetch.", field("digest", &S::digest, ""), field("error", &S::error, ""),
                field("mismatch", &S::mismatch, ""));
}

// Left by `fetch --as snapshot`.
struct SnapshotMessage {
  std::string uri;
  std::string digest;
  std::int64_t rows = 0;
  std::int64_t rows_after = 0;
  bool enough = false;  // False: no snapshot was written, there are too few rows after the onset.
  std::string error;
  bool operator==(const SnapshotMessage&) const = default;
};

constexpr auto describe(Type<SnapshotMessage>) {
  using namespace schema;
  using S = SnapshotMessage;
  return object("Outcome of a snapshot.", field("uri", &S::uri, ""), field("digest", &S::digest, ""),
                field("rows", &S::rows, ""), field("rowsAfter", &S::rows_after, ""), field("enough", &S::enough, ""),
                field("error", &S::error, ""));
}

// Left by `evaluate`.
struct EvaluateMessage {
  std::vector<Verdict> verdicts;
  std::string error;  // Not empty: the champion could not be asked; no verdict.
  bool operator==(const EvaluateMessage&) const = default;
};

constexpr auto describe(Type<EvaluateMessage>) {
  using namespace schema;
  using S = EvaluateMessage;
  return object("Outcome of evaluate.", field("verdicts", &S::verdicts, ""), field("error", &S::error, ""));
}

}  // namespace gyre::wire
