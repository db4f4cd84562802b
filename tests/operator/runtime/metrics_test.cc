#include "operator/runtime/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "operator/runtime/process.h"

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

TEST(MetricsText, WhatIsCollectedIsAskedForAtEachScrape) {
  Metrics metrics;
  std::vector<Sample> seen = {{{{"kind", "a"}}, 2}, {{{"kind", "b"}}, 0}};
  metrics.collect_gauge("objects", "Objects.", [&] { return seen; });
  EXPECT_THAT(metrics.text(), HasSubstr("# TYPE objects gauge\nobjects{kind=\"a\"} 2\nobjects{kind=\"b\"} 0\n"));
  seen = {{{{"kind", "b"}}, 1}};
  EXPECT_THAT(metrics.text(), HasSubstr("# TYPE objects gauge\nobjects{kind=\"b\"} 1\n"));
  EXPECT_THAT(metrics.text(), Not(HasSubstr("objects{kind=\"a\"}")));
}

TEST(MetricsText, WhoIsAskedMayCountMeanwhile) {
  Metrics metrics;
  metrics.declare_counter("asked_total", "Asked.");
  metrics.collect_gauge("one", "One.", [&]() -> std::vector<Sample> {
    metrics.add("asked_total", {});
    return {{{}, 1}};
  });
  EXPECT_THAT(metrics.text(), HasSubstr("asked_total 1\n"));
}

TEST(MetricsText, ThisProcessIsThere) {
  const std::string text = Metrics().text();
  EXPECT_THAT(text, testing::ContainsRegex("process_cpu_seconds_total [0-9.e-]+\n"));
  EXPECT_THAT(text, testing::ContainsRegex("process_resident_memory_bytes [1-9][0-9.e+]+\n"));
  EXPECT_THAT(text, testing::ContainsRegex("process_threads [1-9]"));
  EXPECT_THAT(text, testing::ContainsRegex("process_open_fds [1-9]"));
  EXPECT_THAT(text, HasSubstr("# TYPE process_cpu_seconds_total counter\n"));
}

TEST(MetricsText, TheProcessBeganALittleWhileAgo) {
  const double now = static_cast<double>(std::time(nullptr));
  EXPECT_LE(process::start_time(), now + 1);
  EXPECT_GT(process::start_time(), now - 3600);
  EXPECT_GT(process::virtual_bytes(), process::resident_bytes());
  EXPECT_LT(process::open_files(), process::most_files());
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
