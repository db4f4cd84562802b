#include "operator/runtime/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gyre::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MetricsText, CountersAndGaugesWithLabels) {
  Metrics metrics;
  metrics.declare_counter("jobs_total", "Jobs.");
  metrics.declare_gauge("depth", "Depth.");
  metrics.add("jobs_total", {{"result", "ok"}, {"kind", "a"}});
  metrics.add("jobs_total", {{"result", "ok"}, {"kind", "a"}}, 2.5);
  metrics.set("depth", {}, 4);
  metrics.set("depth", {}, 3);
  const std::string text = metrics.text();
  EXPECT_THAT(text, HasSubstr("# HELP jobs_total Jobs.\n# TYPE jobs_total counter\n"
                              "jobs_total{result=\"ok\",kind=\"a\"} 3.5\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE depth gauge\ndepth 3\n"));
  EXPECT_EQ(metrics.value("jobs_total", {{"result", "ok"}, {"kind", "a"}}), 3.5);
  EXPECT_EQ(metrics.value("jobs_total", {{"result", "no"}}), 0);
}

TEST(MetricsText, AHistogramIsCumulative) {
  Metrics metrics;
  metrics.declare_histogram("seconds", "Seconds.", {0.5, 1});
  for (const double value : {0.1, 0.5, 0.7, 9.0}) metrics.observe("seconds", {{"verb", "get"}}, value);
  EXPECT_THAT(metrics.text(), HasSubstr("# TYPE seconds histogram\n"
                                        "seconds_bucket{verb=\"get\",le=\"0.5\"} 2\n"
                                        "seconds_bucket{verb=\"get\",le=\"1\"} 3\n"
                                        "seconds_bucket{verb=\"get\",le=\"+Inf\"} 4\n"
                                        "seconds_sum{verb=\"get\"} 10.3\n"
                                        "seconds_count{verb=\"get\"} 4\n"));
}

TEST(MetricsText, LabelValuesAreEscaped) {
  Metrics metrics;
  metrics.declare_counter("c", "C.");
  metrics.add("c", {{"m", "a\"b\\c\nd"}});
  EXPECT_THAT(metrics.text(), HasSubstr(R"(c{m="a\"b\\c\nd"} 1)"));
}

TEST(MetricsText, AFamilyWithoutValuesHasNoSeries) {
  Metrics metrics;
  metrics.declare_counter("c", "C.");
  EXPECT_THAT(metrics.text(), HasSubstr("# TYPE c counter\n"));
  EXPECT_THAT(metrics.text(), Not(HasSubstr("\nc ")));
}

TEST(MetricsText, ThisProcessIsThere) {
  const std::string text = Metrics().text();
  EXPECT_THAT(text, testing::ContainsRegex("process_cpu_seconds_total [0-9.e-]+\n"));
  EXPECT_THAT(text, testing::ContainsRegex("process_resident_memory_bytes [1-9][0-9.e+]+\n"));
}

TEST(MetricsDeclaration, TwiceIsFineAndKeepsTheValue) {
  Metrics metrics;
  metrics.declare_counter("c", "C.");
  metrics.add("c", {});
  metrics.declare_counter("c", "C.");
  EXPECT_EQ(metrics.value("c", {}), 1);
}

TEST(MetricsDeclarationDeathTest, AnUndeclaredFamilyIsABug) {
  Metrics metrics;
  EXPECT_DEATH(metrics.add("nowhere", {}), "");
}

}  // namespace
}  // namespace gyre::runtime
