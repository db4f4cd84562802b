#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "dataplane/stats/noise.h"
#include "dataplane/worker/compare.h"
#include "operator/base/clock.h"
#include "operator/base/text.h"

namespace gyre::worker {
namespace {

constexpr char kHead[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Drift report</title><style>\n"
    "body{font:15px/1.5 system-ui,sans-serif;color:#1f2933;max-width:62rem;margin:2rem auto;padding:0 1rem}\n"
    "table{border-collapse:collapse;width:100%}th,td{text-align:right;padding:.2rem .6rem;"
    "border-bottom:1px solid #e4e7eb}th:first-child,td:first-child{text-align:left}\n"
    ".far{color:#b42318;font-weight:600}figure{display:inline-block;margin:1rem 1.5rem 0 0}\n"
    "figcaption{font-weight:600}.ref{fill:#9fb3c8}.cur{fill:#d9730d}\n</style></head><body>\n";

std::string escape(std::string text) {
  text = replace_all(std::move(text), "&", "&amp;");
  text = replace_all(std::move(text), "<", "&lt;");
  text = replace_all(std::move(text), ">", "&gt;");
  return replace_all(std::move(text), "\"", "&quot;");
}

std::string number(double value) { return std::isnan(value) ? "no rows" : fmt::format("{:.4f}", value); }

std::string bar(const char* style, double x, double share, double tallest, const std::string& title) {
  constexpr double kHeight = 90;
  const double height = tallest > 0 ? kHeight * share / tallest : 0;
  return fmt::format(
      "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.2f}\" width=\"8\" height=\"{:.2f}\"><title>{}</title></rect>", style, x,
      kHeight - height, height, escape(title));
}

// Shares side by side, a pair of bars for each bin that holds something.
std::string bars(const Difference& difference) {
  const double n = std::reduce(difference.reference.begin(), difference.reference.end());
  const double m = std::reduce(difference.current.begin(), difference.current.end());
  const auto share = [](double count, double total) { return total > 0 ? count / total : 0; };
  double tallest = 0;
  for (std::size_t i = 0; i < difference.labels.size(); ++i)
    tallest = std::max({tallest, share(difference.reference[i], n), share(difference.current[i], m)});
  std::string rects;
  double x = 0;
  for (std::size_t i = 0; i < difference.labels.size(); ++i) {
    if (difference.reference[i] == 0 && difference.current[i] == 0) continue;
    const double before = share(difference.reference[i], n), now = share(difference.current[i], m);
    const std::string title =
        fmt::format("{}: {:.1f}% in training, {:.1f}% now", difference.labels[i], 100 * before, 100 * now);
    rects += bar("ref", x, before, tallest, title) + bar("cur", x + 9, now, tallest, title);
    x += 22;
  }
  return fmt::format(
      "<figure><figcaption>{}</figcaption><svg width=\"{:.0f}\" height=\"92\" role=\"img\">{}</svg></figure>\n",
      escape(difference.name), std::max(x, 60.0), rects);
}

std::string table(const std::vector<Difference>& differences) {
  std::string out = "<table><tr><th>name</th><th>PSI</th><th>JS distance</th><th>Cramér's V</th><th>p (χ²)</th></tr>\n";
  for (const Difference& each : differences)
    out += fmt::format("<tr><td>{}</td><td{}>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escape(each.name),
                       each.psi >= stats::default_threshold(stats::Method::kPsi) ? " class=\"far\"" : "",
                       number(each.psi), number(each.js), number(each.cramers_v), number(each.p));
  return out + "</table>\n";
}

std::string section(std::string_view title, const std::vector<Difference>& differences) {
  if (differences.empty()) return "";
  std::string out = fmt::format("<h2>{}</h2>\n", title) + table(differences);
  for (const Difference& each : differences) out += bars(each);
  return out;
}

nlohmann::json to_json(const std::vector<Difference>& differences) {
  nlohmann::json out = nlohmann::json::array();
  const auto value = [](double number) { return std::isfinite(number) ? nlohmann::json(number) : nlohmann::json(); };
  for (const Difference& each : differences)
    out.push_back({{"name", each.name},
                   {"psi", value(each.psi)},
                   {"js", value(each.js)},
                   {"cramersV", value(each.cramers_v)},
                   {"p", value(each.p)},
                   {"bins", each.labels},
                   {"reference", each.reference},
                   {"current", each.current}});
  return out;
}

}  // namespace

std::string report_html(const Report& report) {
  const std::string start = format_time(Time(std::chrono::seconds(report.start)));
  return fmt::format(
      "{}<h1>Drift report</h1>\n<p>{} · {} rows in the {} seconds from {}, against {} rows of its training. Grey: "
      "training. Orange: now. PSI of {} and more is marked; whether noise could reach it depends on the rows, and is "
      "the monitor's to judge.</p>\n{}{}</body></html>\n",
      kHead, escape(report.model_version), report.current_rows, report.seconds, start, report.reference_rows,
      stats::default_threshold(stats::Method::kPsi), section("Features", report.features),
      section("Predictions", report.predictions));
}

std::string report_json(const Report& report) {
  const nlohmann::json out = {{"modelVersion", report.model_version},
                              {"start", report.start},
                              {"seconds", report.seconds},
                              {"referenceRows", report.reference_rows},
                              {"currentRows", report.current_rows},
                              {"features", to_json(report.features)},
                              {"predictions", to_json(report.predictions)}};
  return out.dump(1) + "\n";
}

}  // namespace gyre::worker
