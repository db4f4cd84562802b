#pragma once

#include "dataplane/protocol/protocol.h"
#include "dataplane/wire/worker.h"
#include "dataplane/worker/files.h"

namespace gyre::worker {

struct EvaluateRequest {
  fs::path folder;  // Published, with predictions.csv and evaluation.csv.
  std::string predictions_digest;
  std::string evaluation_digest;
  std::vector<Gate> gates;
  std::string service;  // http://name.namespace.svc:80
  std::string model;
  protocol::Mapping mapping;
  std::uint64_t seed = 0;
};

// From the JSON of a list of gates.
Result<std::vector<Gate>> parse_gates(const std::string& text);

// Asks the champion about the evaluation rows and compares its answers with the stored predictions, one verdict a gate
// in the order of the gates. What the files or gates lack is a Failed verdict: gates fail closed. An Error means that
// the champion could not be asked, or the files not be read: there is no verdict, and trying again may help.
Result<wire::EvaluateMessage> evaluate(const EvaluateRequest& request);

}  // namespace gyre::worker
