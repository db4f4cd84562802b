#pragma once

#include <cstdint>

// Does a canary fail more often than the stable version? Three answers, since too few requests are no answer.
namespace gyre::stats {

struct Requests {
  std::uint64_t total = 0;
  std::uint64_t errors = 0;
  bool operator==(const Requests&) const = default;
};

struct CanaryOptions {
  double margin = 0.01;              // How much more of the canary's requests may fail, as a share of requests.
  double alpha = 0.05;               // Chance of either mistake.
  std::uint64_t min_requests = 100;  // On the canary and on stable, below which nothing is said.
  // Sequential only: the size of difference (standard deviation, share of requests) that it is quickest to see.
  double typical_difference = 0.05;
};

enum class CanaryVerdict {
  kPass,          // Shown to be worse by less than the margin.
  kFail,          // Shown to be worse by more than the margin.
  kInconclusive,  // Keep going.
};

struct CanaryResult {
  CanaryVerdict verdict = CanaryVerdict::kInconclusive;
  double difference = 0;  // Canary's error rate less stable's; 0 while a side has no request.
  double p_worse = 1;     // For "not worse than the margin": small says worse.
  double p_fine = 1;      // For "worse by the margin or more": small says fine.
  bool operator==(const CanaryResult&) const = default;
};

// One look at a size fixed beforehand: one-sided z tests on the difference of proportions against the margin. The
// variance is the larger of Agresti and Caffo's (2000: one success and one failure added a side), which holds up at
// few errors, and the one there would be at the margin.
// Looking again and again and stopping at the first answer is wrong more often than alpha: for that, the next.
CanaryResult compare_error_rates(const Requests& canary, const Requests& stable, const CanaryOptions& options);

// Always valid: after every request, if one likes. Mixture sequential probability ratio test for two proportions,
// Johari, Koomen, Pekelis, Walsh, "Always Valid Inference" (2015; Operations Research 70(3), 2022) and "Peeking at
// A/B Tests" (KDD 2017), with the mixing normal cut to the side of interest, so that it is one-sided. Counts are the
// sums since the canary began. `previous` (the result of the look before) carries the least p on; without it every
// look stands alone, which is valid too, with less power.
CanaryResult compare_error_rates_sequentially(const Requests& canary, const Requests& stable,
                                              const CanaryOptions& options, const CanaryResult& previous = {});

}  // namespace gyre::stats
