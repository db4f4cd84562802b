#include "dataplane/worker/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "crds/schema/codec.h"
#include "dataplane/stats/divergence.h"
#include "dataplane/stats/histogram.h"

namespace gyre::worker {
namespace {

using FeatureCounts = std::vector<wire::FeatureCounts>;

std::vector<double> to_doubles(const std::vector<std::int64_t>& counts) { return {counts.begin(), counts.end()}; }

template <class Layout>
std::vector<std::string> labels_of(const Layout& layout) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < layout.size(); ++i) out.push_back(layout.label(i));
  return out;
}

Result<std::vector<std::string>> labels_of(const wire::Profile& profile) {
  std::vector<std::string> out;
  if (profile.type == "numeric") {
    if (const auto bins = stats::Bins::make(profile.edges)) out = labels_of(*bins);
  } else if (const auto categories = stats::Categories::make(profile.categories)) {
    out = labels_of(*categories);
  }
  if (out.empty() || out.size() != profile.counts.size())
    return fail(Code::kInvalid, "BadBaseline",
                fmt::format("the baseline's counts of {} do not fit its bins; profile the rows again", profile.name));
  return out;
}

Result<Difference> compare_one(const wire::Profile& profile, const FeatureCounts& window) {
  Result<std::vector<std::string>> labels = labels_of(profile);
  if (!labels) return fail(std::move(labels).error());
  Difference out{.name = profile.name, .labels = std::move(*labels), .reference = to_doubles(profile.counts)};
  const auto found = std::ranges::find(window, profile.name, &wire::FeatureCounts::name);
  // A feature that nobody sent has no rows; a window against another baseline has other bins.
  out.current = found == window.end() ? std::vector<double>(out.reference.size()) : to_doubles(found->counts);
  if (out.current.size() != out.reference.size())
    return fail(Code::kInvalid, "OtherBins",
                fmt::format("the window has {} counts of {}, the baseline {}; compare it with the baseline it was "
                            "counted against",
                            out.current.size(), profile.name, out.reference.size()));
  const stats::ChiSquared test = stats::chi_squared(out.reference, out.current);
  out.psi = stats::psi(out.reference, out.current);
  out.js = stats::js_distance(out.reference, out.current);
  out.cramers_v = stats::cramers_v(out.reference, out.current);
  out.p = test.p;
  return out;
}

Result<std::vector<Difference>> compare_all(const std::vector<wire::Profile>& profiles, const FeatureCounts& window) {
  std::vector<Difference> out;
  for (const wire::Profile& profile : profiles) {
    Result<Difference> difference = compare_one(profile, window);
    if (!difference) return fail(std::move(difference).error());
    out.push_back(std::move(*difference));
  }
  // Not comparable comes last.
  std::ranges::stable_sort(out, std::greater<>(), [](const Difference& d) { return std::isnan(d.psi) ? -1.0 : d.psi; });
  return out;
}

template <class T>
Result<T> read_json(const fs::path& path) {
  Result<std::string> text = read_file(path);
  if (!text) return fail(std::move(text).error());
  Result<T> value = schema::from_json<T>(nlohmann::json::parse(*text, nullptr, false));
  if (!value) return fail(with_context(std::move(value).error(), path.string()));
  return value;
}

}  // namespace

Result<Report> make_report(const wire::Baseline& baseline, const wire::WindowCounts& window) {
  Result<std::vector<Difference>> features = compare_all(baseline.features, window.features);
  if (!features) return fail(std::move(features).error());
  Result<std::vector<Difference>> predictions = compare_all(baseline.predictions, window.predictions);
  if (!predictions) return fail(std::move(predictions).error());
  return Report{window.model_version, window.start,         window.seconds,         baseline.rows,
                window.rows,          std::move(*features), std::move(*predictions)};
}

Result<Report> read_report(const fs::path& baseline, const fs::path& window) {
  const auto reference = read_json<wire::Baseline>(baseline);
  if (!reference) return fail(reference.error());
  const auto current = read_json<wire::WindowCounts>(window);
  if (!current) return fail(current.error());
  return make_report(*reference, *current);
}

}  // namespace gyre::worker
