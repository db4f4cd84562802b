#include "controllers/inference_service/samples.h"

#include <gtest/gtest.h>

#include "controllers/inference_service/measure.h"
#include "tests/controllers/inference_service/world.h"

namespace gyre::inference_service {
namespace {

constexpr Duration kKept = 1min;

// What an agent has counted since it started.
wire::AgentReport agent(std::string pod, std::string revision, std::int64_t requests, std::int64_t errors = 0) {
  wire::AgentReport report;
  report.pod = pod;
  report.pod_uid = "uid-" + pod;
  report.last.revision = std::move(revision);
  report.last.served = {requests, errors, {{100, requests}}};
  return report;
}

wire::AgentReport sends_on(wire::AgentReport report, std::int64_t requests, std::int64_t errors) {
  report.last.forwarded = {{"new", requests, errors, 0}};
  return report;
}

// What of `revision` was counted between the first and the last time that the agents were heard, a second apart.
Figures heard(const std::vector<std::vector<wire::AgentReport>>& agents, const std::string& revision = "old") {
  Sampler sampler;
  Time now = kStart;
  std::vector<Sample> samples;
  for (const auto& each : agents) samples = sampler.take(each, now += 1s, kKept);
  return between(samples.front(), samples.back(), revision);
}

TEST(Sampler, CountsWhatWasAddedSinceItBegan) {
  const Figures figures = heard({{agent("a", "old", 1000, 900)}, {agent("a", "old", 1030, 901)}});
  EXPECT_EQ(figures.served, (stats::Requests{30, 1}));
  EXPECT_EQ(figures.latency.total(), 30u);
  EXPECT_EQ(figures.latency.counts()[100], 30u);
}

TEST(Sampler, AddsTheAgentsOfARevision) {
  const Figures figures = heard({{agent("a", "old", 0), agent("b", "old", 50), agent("c", "new", 7)},
                                 {agent("a", "old", 10), agent("b", "old", 55), agent("c", "new", 9)}});
  EXPECT_EQ(figures.served.total, 15u);
}

TEST(Sampler, CountsErrorsOfACanaryWhereTheyWereSeen) {
  const Figures figures = heard({{sends_on(agent("a", "old", 0), 100, 1), agent("c", "new", 90)},
                                 {sends_on(agent("a", "old", 0), 120, 6), agent("c", "new", 105)}},
                                "new");
  EXPECT_EQ(figures.sent, (stats::Requests{20, 5}));
  EXPECT_EQ(figures.served, (stats::Requests{15, 0}));
}

TEST(Sampler, ARestartedContainerCountsFromZero) {
  const Figures figures =
      heard({{agent("a", "old", 1000, 10)}, {agent("a", "old", 1010, 10)}, {agent("a", "old", 3, 2)}});
  EXPECT_EQ(figures.served, (stats::Requests{13, 2}));
  EXPECT_EQ(figures.latency.total(), 13u);
}

TEST(Sampler, ARestartedSenderCountsFromZero) {
  const Figures figures =
      heard({{sends_on(agent("a", "old", 500), 100, 1)}, {sends_on(agent("a", "old", 1), 4, 2)}}, "new");
  EXPECT_EQ(figures.sent, (stats::Requests{4, 2}));
}

TEST(Sampler, AGonePodTakesNothingBack) {
  const Figures figures = heard({{agent("a", "old", 0), agent("b", "old", 0)},
                                 {agent("a", "old", 10), agent("b", "old", 20, 5)},
                                 {agent("a", "old", 11)}});
  EXPECT_EQ(figures.served, (stats::Requests{31, 5}));
}

TEST(Sampler, APodThatWasSilentForLongIsNotCountedAgain) {
  const Figures figures = heard({{agent("a", "old", 1000)}, {agent("a", "old", 1001)}, {}, {agent("a", "old", 1002)}});
  EXPECT_EQ(figures.served.total, 1u);
}

TEST(Sampler, AnAgentHeardOfLaterBringsNothingOfItsPast) {
  const Figures figures = heard({{}, {agent("a", "old", 5000, 4000)}, {agent("a", "old", 5010, 4001)}});
  EXPECT_EQ(figures.served, (stats::Requests{10, 1})) << "a new leader hears of agents one after the other";
}

TEST(Sampler, KeepsOneASecondAndOnlyAsLongAsAsked) {
  Sampler sampler;
  std::vector<Sample> samples;
  for (int i = 0; i < 100; ++i) samples = sampler.take({agent("a", "old", i)}, kStart + i * 250ms, 10s);
  EXPECT_EQ(samples.size(), 10u);
  EXPECT_EQ(samples.front().at, kStart + 15s);
  EXPECT_EQ(samples.back().at, kStart + 24s);
  EXPECT_EQ(between(samples.front(), samples.back(), "old").served.total, 36u);
}

TEST(Sampler, OfARevisionThatNobodyCountedHasNothing) {
  EXPECT_EQ(heard({{agent("a", "old", 1)}, {agent("a", "old", 2)}}, "new"), Figures{});
}

// Measurements

Figures of(std::uint64_t total, std::uint64_t errors, std::uint64_t milliseconds = 10) {
  Figures figures;
  figures.served = figures.sent = {total, errors};
  figures.latency.record(milliseconds * 1'000'000, total);
  return figures;
}

AnalysisMetric at_most(double max) {
  AnalysisMetric metric = error_rate();
  metric.max = max;
  return metric;
}

AnalysisMetric not_worse_than_stable() {
  AnalysisMetric metric = error_rate();
  metric.max.reset();
  metric.compare_to = CompareTo::kStable;
  return metric;
}

AnalysisMetric latency(std::optional<double> max, std::optional<CompareTo> compare_to = std::nullopt) {
  AnalysisMetric metric = error_rate();
  metric.provider.agent->metric = AgentMetric::kLatencyP99;
  metric.max = max;
  metric.compare_to = compare_to;
  return metric;
}

struct MeasureCase {
  const char* what;
  AnalysisMetric metric;
  Figures canary;
  Figures stable;
  Outcome outcome;
};

class Measure : public testing::TestWithParam<MeasureCase> {};

TEST_P(Measure, Says) {
  World world = serving();
  world.version(2).steps({wait_for_a_person()}).reconcile(2).agents_speak();
  const Observed seen = world.seen();
  const Sample from{kStart, {}};
  const Sample to{kStart + 10s, {{world.hash(1), GetParam().stable}, {world.hash(2), GetParam().canary}}};
  const Measurement taken = measure(seen, GetParam().metric, from, to);
  EXPECT_EQ(taken.outcome, GetParam().outcome) << GetParam().what << ": " << taken.message;
}

constexpr auto kAgainstStable = CompareTo::kStable;

INSTANTIATE_TEST_SUITE_P(
    Table, Measure,
    testing::Values(
        MeasureCase{"no errors", at_most(0.02), of(100, 0), of(900, 0), Outcome::kPass},
        MeasureCase{"as many as may be", at_most(0.02), of(100, 2), of(900, 0), Outcome::kPass},
        MeasureCase{"more than may be", at_most(0.02), of(100, 3), of(900, 0), Outcome::kFail},
        MeasureCase{"none is tolerated", at_most(0), of(100, 1), of(900, 0), Outcome::kFail},
        MeasureCase{"too few requests", at_most(0.02), of(9, 9), of(900, 0), Outcome::kInconclusive},
        MeasureCase{"stable fails as often", not_worse_than_stable(), of(5000, 250), of(45000, 2250), Outcome::kPass},
        MeasureCase{"stable fails less often", not_worse_than_stable(), of(1000, 200), of(9000, 0), Outcome::kFail},
        MeasureCase{"too few on stable", not_worse_than_stable(), of(100, 50), of(3, 0), Outcome::kInconclusive},
        MeasureCase{"fast enough", latency(50), of(100, 0, 10), of(900, 0, 10), Outcome::kPass},
        MeasureCase{"too slow", latency(50), of(100, 0, 80), of(900, 0, 10), Outcome::kFail},
        MeasureCase{"too few to tell", latency(50), of(5, 0, 80), of(900, 0, 10), Outcome::kInconclusive},
        MeasureCase{"as fast as stable", latency({}, kAgainstStable), of(100, 0, 10), of(900, 0, 10), Outcome::kPass},
        MeasureCase{"slower than stable", latency({}, kAgainstStable), of(100, 0, 20), of(900, 0, 10), Outcome::kFail},
        MeasureCase{"nothing on stable", latency({}, kAgainstStable), of(100, 0, 20), of(0, 0), Outcome::kInconclusive},
        MeasureCase{"too slow, whatever stable is", latency(15, kAgainstStable), of(100, 0, 20), of(900, 0, 20),
                    Outcome::kFail}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(Measurement, WithoutAgentsOfStableIsAnError) {
  World world = serving();
  world.version(2).reconcile().agents_silent();
  EXPECT_EQ(measure(world.seen(), at_most(0), {}, {}).outcome, Outcome::kError);
}

}  // namespace
}  // namespace gyre::inference_service
