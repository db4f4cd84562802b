#include "controllers/inference_service/measure.h"

#include <fmt/format.h>

#include "controllers/inference_service/world.h"

namespace gyre::inference_service {
namespace {

double rate(const stats::Requests& requests) {
  return requests.total == 0 ? 0 : static_cast<double>(requests.errors) / static_cast<double>(requests.total);
}

Measurement too_few(std::uint64_t have, int need) {
  return {Outcome::kInconclusive, fmt::format("{} requests on the canary, {} are needed", have, need)};
}

Outcome outcome_of(stats::CanaryVerdict verdict) {
  switch (verdict) {
    case stats::CanaryVerdict::kPass:
      return Outcome::kPass;
    case stats::CanaryVerdict::kFail:
      return Outcome::kFail;
    case stats::CanaryVerdict::kInconclusive:
      return Outcome::kInconclusive;
  }
  return Outcome::kError;
}

// The share of errors that a canary may have beyond stable's; never so little that a lone error decides.
double allowed_margin(const AnalysisMetric& metric, const stats::Requests& stable) {
  constexpr double kLeast = 0.01;
  return std::max(kLeast, metric.max_relative_increase * rate(stable));
}

Measurement measure_errors(const AnalysisMetric& metric, const stats::Requests& canary, const stats::Requests& stable) {
  if (canary.total < static_cast<std::uint64_t>(metric.min_samples)) return too_few(canary.total, metric.min_samples);
  Measurement out;
  out.outcome = Outcome::kPass;
  out.message = fmt::format("{:.1f}% of {} requests failed on the canary", 100 * rate(canary), canary.total);
  if (metric.max) {
    out.message += fmt::format(", at most {:.1f}% may", 100 * *metric.max);
    if (rate(canary) > *metric.max) out.outcome = Outcome::kFail;
  }
  if (metric.compare_to && out.outcome == Outcome::kPass) {
    stats::CanaryOptions options;
    options.margin = allowed_margin(metric, stable);
    options.alpha = metric.alpha;
    options.min_requests = static_cast<std::uint64_t>(metric.min_samples);
    out.outcome = outcome_of(stats::compare_error_rates(canary, stable, options).verdict);
    out.message += fmt::format(", {:.1f}% of {} on stable", 100 * rate(stable), stable.total);
  }
  return out;
}

Measurement measure_latency(const AnalysisMetric& metric, const Figures& canary, const Figures& stable) {
  if (canary.latency.total() < static_cast<std::uint64_t>(metric.min_samples))
    return too_few(canary.latency.total(), metric.min_samples);
  const double here = 1000 * canary.latency.quantile(0.99).value_or(0);
  Measurement out;
  out.outcome = Outcome::kPass;
  out.message = fmt::format("p99 is {:.1f} ms on the canary", here);
  if (metric.max) {
    out.message += fmt::format(", at most {:.1f} ms may be", *metric.max);
    if (here > *metric.max) out.outcome = Outcome::kFail;
  }
  if (!metric.compare_to) return out;
  const auto there = stable.latency.quantile(0.99);
  if (!there || stable.latency.total() < static_cast<std::uint64_t>(metric.min_samples))
    return {Outcome::kInconclusive,
            fmt::format("{} requests on stable, {} are needed", stable.latency.total(), metric.min_samples)};
  out.message += fmt::format(", {:.1f} ms on stable", 1000 * *there);
  if (here > 1000 * *there * (1 + metric.max_relative_increase)) out.outcome = Outcome::kFail;
  return out;
}

}  // namespace

Measurement measure(const Observed& seen, const AnalysisMetric& metric, const Sample& from, const Sample& to) {
  const InferenceServiceStatus& status = seen.service->status;
  if (live_agents(seen, status.stable->revision).empty())
    return {Outcome::kError, "no agent of the stable revision reports; see the operator's collector"};
  const Figures canary = between(from, to, status.canary->revision);
  const Figures stable = between(from, to, status.stable->revision);
  if (metric.provider.agent && metric.provider.agent->metric == AgentMetric::kLatencyP99)
    return measure_latency(metric, canary, stable);
  return measure_errors(metric, canary.sent, stable.served);
}

}  // namespace gyre::inference_service
