#include "dataplane/stats/histogram.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace gyre::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string shortest(double value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), end.ptr);
}

bool are_edges(const std::vector<double>& edges) {
  if (edges.size() < 2) return false;
  if (!std::all_of(edges.begin(), edges.end(), [](double e) { return std::isfinite(e); })) return false;
  if (edges.size() == 2 && edges[0] == edges[1]) return true;
  return std::adjacent_find(edges.begin(), edges.end(), std::greater_equal<>()) == edges.end();
}

double through_float(double value) { return static_cast<double>(static_cast<float>(value)); }

double widened_down(double value) {
  const double rounded = through_float(value);
  return std::isfinite(rounded) ? std::min(value, rounded) : value;
}

double widened_up(double value) {
  const double rounded = through_float(value);
  return std::isfinite(rounded) ? std::max(value, rounded) : value;
}

std::vector<double> sorted_finite(std::span<const double> values) {
  std::vector<double> finite;
  finite.reserve(values.size());
  for (double v : values)
    if (std::isfinite(v)) finite.push_back(v == 0 ? 0 : v);  // -0 and 0 are one value.
  std::sort(finite.begin(), finite.end());
  return finite;
}

// Where intervals begin: positions in `sorted` at which the value changes.
std::vector<std::size_t> interval_starts(const std::vector<double>& sorted, std::size_t max_bins) {
  std::vector<std::size_t> changes;
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i] != sorted[i - 1]) changes.push_back(i);
  if (changes.size() < max_bins) return changes;

  std::vector<std::size_t> starts;
  for (std::size_t bin = 1; bin < max_bins; ++bin) {
    // The change nearest to the quantile: a run of equal values is never split, and stays with the smaller overshoot.
    const double want = static_cast<double>(bin) * static_cast<double>(sorted.size()) / static_cast<double>(max_bins);
    auto after = std::lower_bound(changes.begin(), changes.end(), want);
    if (after == changes.end() ||
        (after != changes.begin() && want - static_cast<double>(*(after - 1)) <= static_cast<double>(*after) - want))
      --after;
    if (starts.empty() || *after > starts.back()) starts.push_back(*after);
  }
  return starts;
}

}  // namespace

std::optional<Bins> Bins::make(std::vector<double> edges) {
  if (!are_edges(edges)) return std::nullopt;
  return Bins(std::move(edges));
}

Bins::Bins(std::vector<double> edges) : edges_(std::move(edges)), low_(edges_.front()), high_(edges_.back()) {
  search_.assign(edges_.begin() + 1, edges_.end() - 1);
  search_.resize(std::bit_ceil(search_.size() + 1) - 1, kInfinity);
}

std::size_t Bins::index_outside(double value) const {
  if (std::isnan(value)) return nan();
  if (std::isinf(value)) return value < 0 ? neg_inf() : pos_inf();
  return value < low_ ? below() : above();
}

void Bins::count(std::span<const double> values, std::span<std::uint64_t> counts) const {
  for (double v : values) ++counts[index(v)];
}

void Bins::count(std::span<const float> values, std::span<std::uint64_t> counts) const {
  for (float v : values) ++counts[index(static_cast<double>(v))];
}

std::vector<double> Bins::ordered(std::span<const double> counts) const {
  std::vector<double> result;
  result.reserve(intervals() + 4);
  result.push_back(counts[neg_inf()]);
  result.insert(result.end(), counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(above()) + 1);
  result.push_back(counts[pos_inf()]);
  return result;
}

std::vector<double> Bins::positions() const {
  std::vector<double> result{low_, low_};
  for (std::size_t i = 0; i < intervals(); ++i) result.push_back(std::midpoint(edges_[i], edges_[i + 1]));
  result.insert(result.end(), {high_, high_});
  return result;
}

std::string Bins::label(std::size_t entry) const {
  constexpr std::array<const char*, 5> kAfter = {"above", "missing", "nan", "neg_inf", "pos_inf"};
  if (entry == below()) return "below";
  if (entry >= above()) return entry < size() ? kAfter[entry - above()] : "";
  const char* close = entry == intervals() ? "]" : ")";
  return "[" + shortest(edges_[entry - 1]) + ", " + shortest(edges_[entry]) + close;
}

std::vector<double> make_quantile_edges(std::span<const double> values, std::size_t max_bins) {
  const std::vector<double> sorted = sorted_finite(values);
  if (sorted.empty() || max_bins == 0) return {};
  std::vector<double> edges{widened_down(sorted.front())};
  for (std::size_t start : interval_starts(sorted, max_bins)) {
    const double edge = std::midpoint(sorted[start - 1], sorted[start]);
    // Between neighbouring doubles there is no middle; then the upper one is the edge.
    edges.push_back(edge > sorted[start - 1] ? edge : sorted[start]);
  }
  const double top = widened_up(sorted.back());
  if (edges.size() > 1 && edges.back() >= top) edges.pop_back();
  edges.push_back(top);
  return edges;
}

std::optional<Categories> Categories::make(std::vector<std::string> names) {
  Categories categories(std::move(names));
  if (categories.index_.size() != categories.names_.size()) return std::nullopt;
  return categories;
}

Categories::Categories(std::vector<std::string> names) : names_(std::move(names)) {
  for (std::size_t i = 0; i < names_.size(); ++i) index_.emplace(names_[i], i);
}

std::size_t Categories::index(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? other() : found->second;
}

std::string Categories::label(std::size_t entry) const {
  if (entry < names_.size()) return names_[entry];
  return entry == other() ? "other" : "missing";
}

std::vector<std::string> make_categories(std::span<const std::string> values, std::size_t max_categories) {
  std::map<std::string_view, std::size_t> seen;
  for (const std::string& v : values) ++seen[v];
  std::vector<std::pair<std::string_view, std::size_t>> order(seen.begin(), seen.end());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (order.size() > max_categories) order.resize(max_categories);
  std::vector<std::string> names;
  for (const auto& [name, count] : order) names.emplace_back(name);
  return names;
}

std::vector<double> to_doubles(std::span<const std::uint64_t> counts) {
  return std::vector<double>(counts.begin(), counts.end());
}

}  // namespace gyre::stats
