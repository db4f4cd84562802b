#pragma once

#include "dataplane/wire/worker.h"
#include "dataplane/worker/files.h"

namespace gyre::worker {

// Publishes what a training left in `from` as the folder `target`, all of it or nothing, under a manifest that lists
// every file. baseline.json is made from baseline.csv where the training left no baseline.json. Repeated on the same
// output it says the same again; another output at a target that is taken is kAlreadyExists.
Result<wire::PublishMessage> publish(const fs::path& from, const fs::path& target, const std::string& uri);

// Within the size of a termination message: metrics are left out from the end until it fits.
std::string publish_text(wire::PublishMessage message);

}  // namespace gyre::worker
