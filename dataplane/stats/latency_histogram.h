#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace gyre::stats {

// Latencies in buckets that every agent and the operator share, so that histograms merge by adding counts.
//
// The layout is part of the wire format. A latency is counted in units of 625 ns (rounded down), u = ns / 625:
//   bucket 0               u < 16: under 10 µs
//   bucket 1 + 16 e + s    with e = floor(log2 u) − 4 and s = (u >> e) − 16: lower bound (16 + s)·2^e units, width 2^e
//   bucket 373             104.8576 s and more
// So each doubling has 16 buckets of equal width, and the middle of a bucket is at most 3.2% from what fell into it.
// Whole numbers only: the same latency is in the same bucket on every machine.
class LatencyHistogram {
 public:
  static constexpr std::size_t kBuckets = 374;
  using Counts = std::array<std::uint64_t, kBuckets>;

  LatencyHistogram() = default;
  // Nothing when `counts` is not kBuckets long.
  static std::optional<LatencyHistogram> make(std::span<const std::uint64_t> counts);

  static std::size_t bucket(std::uint64_t nanoseconds);
  static double lower_seconds(std::size_t bucket);
  static double upper_seconds(std::size_t bucket);  // Infinity for the last.

  void record(std::uint64_t nanoseconds, std::uint64_t times = 1) { counts_[bucket(nanoseconds)] += times; }
  void merge(const LatencyHistogram& other);

  std::uint64_t total() const;
  const Counts& counts() const { return counts_; }
  // The latency that a share q of the requests did not exceed, in seconds: the middle of its bucket (10 µs for the
  // first, 104.8576 s for the last). Nothing when nothing was recorded.
  std::optional<double> quantile(double q) const;
  // Requests known to have taken at most `seconds`: those whose whole bucket lies below.
  std::uint64_t at_most(double seconds) const;

  bool operator==(const LatencyHistogram&) const = default;

 private:
  Counts counts_{};
};

}  // namespace gyre::stats
