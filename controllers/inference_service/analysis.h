#pragma once

#include <string>
#include <vector>

#include "controllers/inference_service/observed.h"

namespace gyre::inference_service {

enum class AnalysisState {
  kRunning,
  kPassed,
  kFailed,  // Shown to be worse than is tolerated.
  kUnsure,  // Too few requests, or no figures, for too long: a person decides.
};

struct AnalysisResult {
  AnalysisState state = AnalysisState::kRunning;
  std::string message;  // Of the metric that decides.
  std::vector<MeasurementCounts> counts;
  Duration next{};  // When to look again.
};

// Takes the measurements that are due and says how the analysis stands. An interval for which no figures were kept,
// as after a change of leaders, is measured again.
AnalysisResult analyse(const Observed& seen);

}  // namespace gyre::inference_service
