#pragma once

#include <string>

#include "controllers/inference_service/observed.h"

namespace gyre::inference_service {

enum class Outcome { kPass, kFail, kInconclusive, kError };

struct Measurement {
  Outcome outcome = Outcome::kError;
  std::string message;  // With the numbers.
};

// One measurement of a metric over the time between two samples. Errors are judged at the source (what the stable
// agents saw of what they sent on), latencies at the destination. Too few requests are inconclusive; agents that are
// not heard are an error.
Measurement measure(const Observed& seen, const AnalysisMetric& metric, const Sample& from, const Sample& to);

}  // namespace gyre::inference_service
