#pragma once

#include "dataplane/wire/worker.h"
#include "dataplane/worker/files.h"

namespace gyre::worker {

// Copies a file, or a folder's files, into `to`. The answer's digest is of what was copied (manifest.h says how it is
// computed); kMismatch when `digest` is not empty and another.
Result<wire::FetchMessage> fetch_dataset(const fs::path& from, const fs::path& to, const std::string& digest);

// Copies a published model: the files of model/ directly into `to`, baseline.json and signature.json into to/.gyre/.
// Every byte that arrives was checked against the manifest, and the manifest against its digest.
Result<wire::FetchMessage> fetch_model(const fs::path& from, const fs::path& to, const std::string& digest);

// Reads all that the manifest lists, and copies nothing.
Result<wire::FetchMessage> verify_model(const fs::path& from, const std::string& digest);

struct BaselineDelivery {
  std::string digest;     // What the baseline must have.
  std::string collector;  // https://host:port
  std::string ca_file;
  std::string token_file;
  std::string name;  // ModelVersion that it belongs to.
};
// Posts the published folder's baseline.json to the collector, byte for byte.
Result<> deliver_baseline(const fs::path& from, const BaselineDelivery& delivery);

}  // namespace gyre::worker
