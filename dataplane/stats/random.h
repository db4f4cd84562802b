#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gyre::stats {

// One step of SplitMix64 (Steele, Lea, Flood 2014): a mixing of 64 bits that is one to one.
std::uint64_t mix64(std::uint64_t value);

// Random numbers that are the same on every machine for the same seed: xoshiro256++ 1.0 (Blackman, Vigna 2019), its
// state filled by SplitMix64 from the seed. Nothing here calls libm, whose last digits differ between machines.
// `stream` gives independent sequences under one seed (one for each trial, say), so that the number drawn by one
// never depends on how many another took. Not for secrets. A value: a copy continues on its own.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0);

  std::uint64_t next();
  // In [0, 1), on a grid of 2^-53.
  double uniform();
  // In [low, high); `low` when the two are equal.
  double uniform(double low, double high);
  // In [0, bound), without bias; 0 when bound is 0.
  std::uint64_t below(std::uint64_t bound);
  // Standard normal, by Wichura's inverse (AS 241), one draw each.
  double normal();
  // An index with probability proportional to its weight; weights <= 0 are never chosen. 0 when none is positive.
  std::size_t choice(const std::vector<double>& weights);

  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::array<std::uint64_t, 4> state_;
};

// Natural logarithm by additions, multiplications and one division only, so bit-identical wherever doubles are IEEE.
// For x > 0 and finite; within 2 units in the last place.
double portable_log(double x);

// The standard normal's quantile (AS 241, about 1e-16) in the same sense portable. 0 < p < 1.
double portable_normal_quantile(double p);

}  // namespace gyre::stats
