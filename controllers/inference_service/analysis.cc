#include "controllers/inference_service/analysis.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/inference_service/measure.h"
#include "controllers/inference_service/world.h"

namespace gyre::inference_service {
namespace {

// Samples are about a second apart.
constexpr Duration kSlack = std::chrono::milliseconds(1500);

MeasurementCounts counts_of(const Observed& seen, const AnalysisMetric& metric) {
  for (const MeasurementCounts& counts : seen.service->status.rollout->analysis)
    if (counts.name == metric.name) return counts;
  MeasurementCounts counts;
  counts.name = metric.name;
  counts.next = seen.now + metric.interval;
  return counts;
}

const Sample* sample_at(const Observed& seen, Time time) {
  const Sample* best = nullptr;
  for (const Sample& sample : seen.samples)
    if (sample.at <= time + kSlack) best = &sample;
  return best;
}

void count(MeasurementCounts& counts, const Measurement& taken) {
  counts.message = taken.message;
  if (taken.outcome == Outcome::kError) {
    ++counts.consecutive_errors;
    return;
  }
  counts.consecutive_errors = 0;
  if (taken.outcome == Outcome::kInconclusive) {
    ++counts.inconclusive;
    return;
  }
  ++counts.measured;
  ++(taken.outcome == Outcome::kPass ? counts.passed : counts.failed);
}

MeasurementCounts advance(const Observed& seen, const AnalysisMetric& metric) {
  MeasurementCounts counts = counts_of(seen, metric);
  if (counts.measured >= metric.count || seen.now < *counts.next) return counts;
  const Sample* from = sample_at(seen, *counts.next - metric.interval);
  counts.next = seen.now + metric.interval;
  if (!from || seen.samples.empty()) return counts;
  count(counts, measure(seen, metric, *from, seen.samples.back()));
  return counts;
}

AnalysisState state_of(const AnalysisMetric& metric, const MeasurementCounts& counts) {
  if (counts.failed > metric.failure_limit) return AnalysisState::kFailed;
  if (counts.inconclusive > metric.inconclusive_limit) return AnalysisState::kUnsure;
  if (counts.consecutive_errors > metric.consecutive_error_limit) return AnalysisState::kUnsure;
  return counts.measured >= metric.count ? AnalysisState::kPassed : AnalysisState::kRunning;
}

// The worst decides: what failed, then what cannot be told, then what still runs.
int rank(AnalysisState state) {
  switch (state) {
    case AnalysisState::kPassed:
      return 0;
    case AnalysisState::kRunning:
      return 1;
    case AnalysisState::kUnsure:
      return 2;
    case AnalysisState::kFailed:
      return 3;
  }
  return 0;
}

std::string describe_state(const AnalysisMetric& metric, const MeasurementCounts& counts) {
  const std::string last = counts.message.empty() ? "not measured yet" : counts.message;
  return fmt::format("{}: {} ({} of {} measured)", metric.name, last, counts.measured, metric.count);
}

}  // namespace

AnalysisResult analyse(const Observed& seen) {
  AnalysisResult result;
  result.state = AnalysisState::kPassed;
  result.next = std::chrono::minutes(1);
  for (const AnalysisMetric& metric : seen.service->spec.rollout.analysis.value_or(Analysis{}).metrics) {
    const MeasurementCounts counts = advance(seen, metric);
    const AnalysisState state = state_of(metric, counts);
    if (result.message.empty() || rank(state) > rank(result.state)) result.message = describe_state(metric, counts);
    if (rank(state) > rank(result.state)) result.state = state;
    if (state == AnalysisState::kRunning)
      result.next = std::min(result.next, std::max(Duration(1), std::chrono::ceil<Duration>(*counts.next - seen.now)));
    result.counts.push_back(counts);
  }
  return result;
}

}  // namespace gyre::inference_service
