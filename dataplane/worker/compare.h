#pragma once

#include <string>
#include <vector>

#include "dataplane/wire/baseline.h"
#include "dataplane/wire/bucket.h"
#include "dataplane/worker/files.h"

namespace gyre::worker {

// How one feature, or prediction, differs from its baseline. Special bins count; NaN where a side has no rows.
struct Difference {
  std::string name;
  std::vector<std::string> labels;  // Of the bins, in the counts' order.
  std::vector<double> reference;    // Counts.
  std::vector<double> current;
  double psi = 0;
  double js = 0;  // Distance, base 2.
  double cramers_v = 0;
  double p = 1;  // Of the chi-squared test of homogeneity.
};

struct Report {
  std::string model_version;
  std::int64_t start = 0;  // Seconds since the epoch.
  std::int64_t seconds = 0;
  std::int64_t reference_rows = 0;
  std::int64_t current_rows = 0;
  std::vector<Difference> features;  // Largest PSI first.
  std::vector<Difference> predictions;
};

// kInvalid names a profile whose counts do not fit its bins.
Result<Report> make_report(const wire::Baseline& baseline, const wire::WindowCounts& window);
// From baseline.json and window.json.
Result<Report> read_report(const fs::path& baseline, const fs::path& window);

// One page without any reference to elsewhere; distributions as inline SVG bars.
std::string report_html(const Report& report);
std::string report_json(const Report& report);

}  // namespace gyre::worker
