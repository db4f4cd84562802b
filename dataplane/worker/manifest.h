#pragma once

#include "dataplane/wire/worker.h"
#include "dataplane/worker/files.h"

namespace gyre::worker {

inline constexpr char kManifestFile[] = "manifest.json";

// The digest of a dataset: of a file its own; of a folder that of its listing, one line a file as sha256sum prints it
// ("<hex>  <path>\n"), sorted by path. By hand, in the folder:
//   find * -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
std::string listing_digest(const std::vector<wire::ManifestFile>& files);

std::string manifest_text(const wire::Manifest& manifest);

// A published folder's manifest, when it has `digest`. kNotFound without one, kMismatch when it is another.
Result<wire::Manifest> read_manifest(const fs::path& folder, const std::string& digest);

// Fails with kMismatch and the file's path unless the bytes are what the manifest says.
Result<> verify_file(const fs::path& folder, const wire::ManifestFile& file);
Result<> verify_files(const fs::path& folder, const wire::Manifest& manifest);

// Artifact format by the names of the model's files: mlflow, onnx, pytorch, xgboost, lightgbm, sklearn; else custom.
std::string guess_format(const std::vector<std::string>& paths);

}  // namespace gyre::worker
