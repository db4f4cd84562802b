#pragma once

#include <string>
#include <vector>

#include "controllers/model_version/observed.h"

namespace gyre::model_version {

// Whom a Job asks: the champion's service, and how to talk to it.
struct Champion {
  std::string service;
  std::string version;
  Protocol protocol = Protocol::kV2;
  std::optional<CustomProtocol> custom;
  bool operator==(const Champion&) const = default;
  // As the evaluating Job's annotation carries it.
  std::string text() const { return service + "/" + version; }
};

// Reads the artifact and proves its digest; hands the baseline to the collector.
Job make_verify_job(const ModelVersion& version, int attempt, const Options& options);
// Compares the version with the champion by the gates at these indices of spec.gates.
Job make_evaluate_job(const ModelVersion& version, int attempt, const Champion& champion, const std::vector<int>& gates,
                      const Options& options);
// The Job as it is, but for how long it stays: its outcome has been read.
Job make_expiry(const Job& finished);

}  // namespace gyre::model_version
