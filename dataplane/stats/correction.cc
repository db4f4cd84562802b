#include "dataplane/stats/correction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace gyre::stats {
namespace {

constexpr std::array<std::pair<Correction, std::string_view>, 3> kNames = {{
    {Correction::kNone, "none"},
    {Correction::kBonferroni, "Bonferroni"},
    {Correction::kBenjaminiHochberg, "BH"},
}};

std::vector<std::size_t> ascending(std::span<const double> p_values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i)
    if (!std::isnan(p_values[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  return order;
}

}  // namespace

std::optional<Correction> parse_correction(std::string_view name) {
  for (const auto& [correction, text] : kNames)
    if (text == name) return correction;
  return std::nullopt;
}

std::string_view format_correction(Correction correction) {
  for (const auto& [known, text] : kNames)
    if (known == correction) return text;
  return "";
}

std::vector<double> adjust(std::span<const double> p_values, Correction correction) {
  std::vector<double> adjusted(p_values.begin(), p_values.end());
  if (correction == Correction::kNone) return adjusted;
  const std::vector<std::size_t> order = ascending(p_values);
  const auto tests = static_cast<double>(order.size());
  double least = 1;
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const std::size_t i = order[rank - 1];
    if (correction == Correction::kBonferroni) {
      adjusted[i] = std::min(1.0, p_values[i] * tests);
    } else {
      least = std::min(least, p_values[i] * (tests / static_cast<double>(rank)));
      adjusted[i] = least;
    }
  }
  return adjusted;
}

std::vector<bool> rejected(std::span<const double> p_values, double alpha, Correction correction) {
  std::vector<bool> result;
  for (double p : adjust(p_values, correction)) result.push_back(p <= alpha);
  return result;
}

}  // namespace gyre::stats
