#include "dataplane/stats/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace gyre::stats {
namespace {

constexpr std::uint64_t kUnitNanoseconds = 625;
constexpr std::uint64_t kSubBuckets = 16;
constexpr std::uint64_t kTopUnits = 20ULL << 23;  // 104.8576 s
constexpr std::size_t kLast = LatencyHistogram::kBuckets - 1;

double seconds_of(std::uint64_t units) { return static_cast<double>(units * kUnitNanoseconds) / 1e9; }

std::uint64_t lower_units(std::size_t bucket) {
  if (bucket == 0) return 0;
  const std::size_t index = bucket - 1;
  return (kSubBuckets + index % kSubBuckets) << (index / kSubBuckets);
}

}  // namespace

std::optional<LatencyHistogram> LatencyHistogram::make(std::span<const std::uint64_t> counts) {
  if (counts.size() != kBuckets) return std::nullopt;
  LatencyHistogram histogram;
  std::copy(counts.begin(), counts.end(), histogram.counts_.begin());
  return histogram;
}

std::size_t LatencyHistogram::bucket(std::uint64_t nanoseconds) {
  const std::uint64_t units = nanoseconds / kUnitNanoseconds;
  if (units < kSubBuckets) return 0;
  if (units >= kTopUnits) return kLast;
  const auto exponent = static_cast<std::size_t>(std::bit_width(units)) - 5;
  return 1 + kSubBuckets * exponent + ((units >> exponent) - kSubBuckets);
}

double LatencyHistogram::lower_seconds(std::size_t bucket) { return seconds_of(lower_units(std::min(bucket, kLast))); }

double LatencyHistogram::upper_seconds(std::size_t bucket) {
  return bucket >= kLast ? std::numeric_limits<double>::infinity() : seconds_of(lower_units(bucket + 1));
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
}

std::uint64_t LatencyHistogram::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::optional<double> LatencyHistogram::quantile(double q) const {
  const std::uint64_t all = total();
  if (all == 0 || std::isnan(q)) return std::nullopt;
  // The request of this rank, counted from 1: the least that has a share q at or before it.
  const double rank = std::clamp(std::ceil(q * static_cast<double>(all)), 1.0, static_cast<double>(all));
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  for (; bucket < kLast; ++bucket) {
    seen += counts_[bucket];
    if (static_cast<double>(seen) >= rank) break;
  }
  if (bucket == 0) return upper_seconds(0);
  if (bucket == kLast) return lower_seconds(kLast);
  return (lower_seconds(bucket) + upper_seconds(bucket)) / 2;
}

std::uint64_t LatencyHistogram::at_most(double seconds) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBuckets && upper_seconds(i) <= seconds; ++i) sum += counts_[i];
  return sum;
}

}  // namespace gyre::stats
