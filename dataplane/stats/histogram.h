#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::stats {

// Frozen bins of a numeric feature. Edges e0 < e1 < … < ek make k intervals [e0, e1), [e1, e2), …, [ek-1, ek], the
// last one closed. A count vector has one entry an interval and six more, always in this order, which is part of the
// baseline's format:
//
//   [below][b0 … bk-1][above][missing][nan][neg_inf][pos_inf]        size() == k + 6
//
// below is x < e0, above is x > ek, both finite. A constant column has the edges {c, c}: one interval that holds c
// alone. Immutable, so one object may be read by many threads.
class Bins {
 public:
  // Nothing when there are fewer than two edges, or they are not finite, or not increasing ({c, c} excepted).
  static std::optional<Bins> make(std::vector<double> edges);

  // Which entry of the count vector a value belongs to. A few nanoseconds, never fails.
  std::size_t index(double value) const {
    if (value >= low_ && value <= high_) [[likely]]
      return interval(value);
    return index_outside(value);
  }
  // Adds each value to its entry. `counts` has size() entries.
  void count(std::span<const double> values, std::span<std::uint64_t> counts) const;
  void count(std::span<const float> values, std::span<std::uint64_t> counts) const;

  const std::vector<double>& edges() const { return edges_; }
  std::size_t intervals() const { return edges_.size() - 1; }
  std::size_t size() const { return intervals() + 6; }
  std::size_t below() const { return 0; }
  std::size_t above() const { return intervals() + 1; }
  std::size_t missing() const { return intervals() + 2; }
  std::size_t nan() const { return intervals() + 3; }
  std::size_t neg_inf() const { return intervals() + 4; }
  std::size_t pos_inf() const { return intervals() + 5; }

  // The entries that have an order, lowest first: neg_inf, below, the intervals, above, pos_inf. Missing and NaN are
  // left out: KS and W1 compare the values that there are.
  std::vector<double> ordered(std::span<const double> counts) const;
  // Where the ordered entries lie on the axis, for W1: the middle of an interval; a value out of range counts as if
  // it lay on the outer edge, so W1 understates how far it went.
  std::vector<double> positions() const;
  // "below", "[0.5, 1.5)", …, "pos_inf".
  std::string label(std::size_t entry) const;

 private:
  explicit Bins(std::vector<double> edges);
  std::size_t interval(double value) const {
    // Counts the inner edges <= value. Each step halves what is left, without a branch to mispredict.
    const double* inner = search_.data();
    std::size_t passed = 0;
    for (std::size_t half = (search_.size() + 1) / 2; half > 0; half /= 2)
      passed += static_cast<std::size_t>(inner[passed + half - 1] <= value) * half;
    return 1 + passed;
  }
  std::size_t index_outside(double value) const;

  std::vector<double> edges_;
  double low_;
  double high_;
  // The inner edges, then +inf up to a power of two less one: a search of fixed length without branches.
  std::vector<double> search_;
};

// Edges that put about as many of `values` in each of at most `max_bins` intervals; the outer edges are the least and
// greatest value. At most `max_bins` distinct values get an interval each. An edge lies midway between neighbouring
// values and the outer edges are widened to the float32 next to them, so that a value that went through float32 on
// its way stays in its bin. NaN and infinities are ignored. Equal input gives equal edges, whatever its order. Empty
// when there is no finite value or max_bins is 0.
std::vector<double> make_quantile_edges(std::span<const double> values, std::size_t max_bins);

// Frozen categories of a categorical feature. A count vector is [c0 … ck-1][other][missing], size() == k + 2; other
// takes every category that the baseline had not. Immutable.
class Categories {
 public:
  // Nothing when a name occurs twice.
  static std::optional<Categories> make(std::vector<std::string> names);

  std::size_t index(std::string_view name) const;
  const std::vector<std::string>& names() const { return names_; }
  std::size_t size() const { return names_.size() + 2; }
  std::size_t other() const { return names_.size(); }
  std::size_t missing() const { return names_.size() + 1; }
  std::string label(std::size_t entry) const;

 private:
  explicit Categories(std::vector<std::string> names);

  std::vector<std::string> names_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

// The `max_categories` most frequent values, most frequent first, ties by name.
std::vector<std::string> make_categories(std::span<const std::string> values, std::size_t max_categories);

// Counts as the divergences take them; exact up to 2^53.
std::vector<double> to_doubles(std::span<const std::uint64_t> counts);

}  // namespace gyre::stats
