// What trainings print and write of their metrics: JSON lines in a log, and metrics.json.

#include <cmath>

#include "controllers/common/metric_values.h"
#include "controllers/training_job/metrics.h"
#include "dataplane/worker/trained_metrics.h"
#include "operator/base/json_text.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

using nlohmann::json;

void check_metrics(const std::vector<MetricValue>& metrics) {
  for (const MetricValue& metric : metrics) {
    CHECK(finite_number(metric.value) || metric.value == "NaN" || metric.value == "Infinity" ||
          metric.value == "-Infinity");
    CHECK(!json(metric.name).dump().empty());
  }
}

}  // namespace
}  // namespace gyre

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gyre;
  const std::string_view text = fuzz::text_of(data, size);
  const auto printed = training_job::parse_metrics(text);
  CHECK(printed.size() <= training_job::kMaxMetrics);
  CHECK(std::ranges::is_sorted(printed, {}, &MetricValue::name));
  check_metrics(printed);
  const auto merged = training_job::merge_metrics(printed, printed);
  CHECK(merged == printed);
  // What is JSON already has nothing to quote. For nlohmann it ends at a NUL, whatever follows.
  if (json::accept(text) && text.find('\0') == text.npos) CHECK(quote_non_numbers(text) == text);
  if (const auto written = worker::parse_trained_metrics(text))
    check_metrics(*written);
  else
    fuzz::check_error(written.error());
  return 0;
}
