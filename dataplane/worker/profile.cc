#include "dataplane/worker/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "dataplane/stats/histogram.h"

namespace gyre::worker {
namespace {

using Column = std::vector<std::string>;

bool is_numeric(const Column& column) {
  return std::ranges::any_of(column, [](const std::string& text) { return !is_missing(text); }) &&
         std::ranges::all_of(column, [](const std::string& text) { return is_missing(text) || parse_number(text); });
}

wire::Profile with_moments(wire::Profile profile, const std::vector<double>& values) {
  const auto [low, high] = std::ranges::minmax(values);
  // Within [-1, 1], so that neither sums nor squares of very large numbers become infinite, which JSON cannot say.
  int exponent = 0;
  std::frexp(std::max(std::abs(low), std::abs(high)), &exponent);
  const double n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double value : values) sum += std::ldexp(value, -exponent);
  const double mean = sum / n;
  for (const double value : values) {
    const double away = std::ldexp(value, -exponent) - mean;
    squares += away * away;
  }
  profile.min = low;
  profile.max = high;
  profile.mean = std::ldexp(mean, exponent);
  profile.stddev = std::ldexp(std::sqrt(squares / n), exponent);
  return profile;
}

std::vector<double> finite_values(const Column& column) {
  std::vector<double> out;
  for (const std::string& text : column)
    if (const auto value = parse_number(text); value && std::isfinite(*value)) out.push_back(*value);
  return out;
}

wire::Profile numeric(const std::string& name, const Column& column, const stats::Bins& bins) {
  wire::Profile out{.name = name, .type = "numeric", .edges = bins.edges()};
  out.counts.assign(bins.size(), 0);
  for (const std::string& text : column) {
    const auto value = is_missing(text) ? std::nullopt : parse_number(text);
    ++out.counts[value ? bins.index(*value) : bins.missing()];
  }
  return with_moments(std::move(out), finite_values(column));
}

wire::Profile categorical(const std::string& name, const Column& column) {
  std::map<std::string, std::size_t> times;
  Column present;
  for (const std::string& text : column) {
    if (is_missing(text)) continue;
    ++times[text];
    present.push_back(text);
  }
  std::vector<std::string> names = stats::make_categories(present, kMaxCategories);
  std::erase_if(names, [&](const std::string& category) { return times[category] < kMinCategoryRows; });
  const auto categories = stats::Categories::make(std::move(names));
  wire::Profile out{.name = name, .type = "categorical", .categories = categories->names()};
  out.counts.assign(categories->size(), 0);
  for (const std::string& text : column)
    ++out.counts[is_missing(text) ? categories->missing() : categories->index(text)];
  return out;
}

wire::Profile profile(const std::string& name, const Column& column) {
  if (!is_numeric(column)) return categorical(name, column);
  const auto bins = stats::Bins::make(stats::make_quantile_edges(finite_values(column), kMaxBins));
  // Numbers of which none is finite have no range to cut into bins.
  return bins ? numeric(name, column, *bins) : categorical(name, column);
}

}  // namespace

Result<wire::Baseline> make_baseline(const Table& table, const std::vector<std::string>& predictions) {
  if (table.rows() == 0)
    return fail(Code::kInvalid, "NoRows", "there are no rows to profile; write at least one below the header");
  wire::Baseline out{.rows = static_cast<std::int64_t>(table.rows())};
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    const std::string& name = table.names[i];
    if (name == "id" || name == "label") continue;
    const bool predicted = std::ranges::find(predictions, name) != predictions.end();
    (predicted ? out.predictions : out.features).push_back(profile(name, table.columns[i]));
  }
  return out;
}

Result<std::string> baseline_text(const wire::Baseline& baseline) {
  std::string out = schema::to_json(baseline).dump() + "\n";
  if (out.size() > wire::kMaxBaselineBytes)
    return fail(
        Code::kInvalid, "BaselineTooLarge",
        fmt::format("the baseline of {} columns has {} bytes, {} are allowed; profile fewer columns",
                    baseline.features.size() + baseline.predictions.size(), out.size(), wire::kMaxBaselineBytes));
  return out;
}

}  // namespace gyre::worker
