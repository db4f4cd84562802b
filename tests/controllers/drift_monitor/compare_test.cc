#include "controllers/drift_monitor/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controllers/drift_monitor/names.h"

namespace gyre::drift_monitor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// [below][b0 b1 b2 b3][above][missing][nan][neg_inf][pos_inf]
using Counts = std::vector<std::int64_t>;
const Counts kEven = {0, 250, 250, 250, 250, 0, 0, 0, 0, 0};
const Counts kLike = {0, 126, 124, 122, 128, 0, 0, 0, 0, 0};
const Counts kMoved = {0, 25, 50, 125, 300, 0, 0, 0, 0, 0};

wire::Profile numeric(std::string name) {
  wire::Profile out;
  out.name = std::move(name);
  out.type = "numeric";
  out.edges = {0, 1, 2, 3, 4};
  out.counts = kEven;
  return out;
}

wire::Profile categorical(std::string name) {
  wire::Profile out;
  out.name = std::move(name);
  out.type = "categorical";
  out.categories = {"a", "b"};
  out.counts = {500, 500, 0, 0};
  return out;
}

wire::Baseline reference() {
  wire::Baseline out;
  out.rows = 1000;
  out.features = {numeric("age"), numeric("income"), categorical("plan")};
  out.predictions = {categorical("prediction")};
  return out;
}

struct Seen {
  Counts age = kLike;
  Counts income = kLike;
  Counts plan = {251, 249, 0, 0};
  Counts prediction = {249, 251, 0, 0};
  std::int64_t rows = 500;
};

wire::WindowCounts window(const Seen& seen) {
  wire::WindowCounts out;
  out.start = 1'000'000;
  out.seconds = 60;
  out.rows = seen.rows;
  out.features = {{"age", seen.age}, {"income", seen.income}, {"plan", seen.plan}};
  out.predictions = {{"prediction", seen.prediction}};
  return out;
}

DriftMonitorSpec spec(const std::function<void(DriftMonitorSpec&)>& change = [](auto&) {}) {
  DriftMonitorSpec out;
  change(out);
  return out;
}

std::vector<std::string> drifted(const Comparison& found) {
  std::vector<std::string> out;
  for (const FeatureDrift& feature : found.features)
    if (feature.drifted) out.push_back(feature.name);
  return out;
}

struct Case {
  std::string name;
  DriftMonitorSpec spec;
  Seen seen;
  std::string verdict;
  std::vector<std::string> drifted;
};

std::vector<MonitoredFeature> weighted(double age, double income) { return {{"age", {}, age}, {"income", {}, income}}; }

std::vector<Case> cases() {
  return {
      {"rows like the baseline's do not drift", spec(), {}, kNoDrift, {}},
      {"a shifted feature drifts, and it alone", spec(), {.income = kMoved}, kDrift, {"income"}},
      {"a jump in missing values is drift", spec(), {.age = {0, 60, 60, 60, 70, 0, 250, 0, 0, 0}}, kDrift, {"age"}},
      {"values out of range are drift", spec(), {.age = {0, 60, 60, 60, 70, 250, 0, 0, 0, 0}}, kDrift, {"age"}},
      {"a new category is drift", spec(), {.plan = {200, 100, 200, 0}}, kDrift, {"plan"}},
      {"too few rows are neither", spec(), {.age = kMoved, .rows = 499}, kInsufficientData, {}},
      {"a large effect of a handful of rows is noise",
       spec([](auto& s) { s.window.min_rows = 10; }),
       {.age = {0, 1, 2, 3, 4, 0, 0, 0, 0, 0},
        .income = {0, 3, 2, 2, 3, 0, 0, 0, 0, 0},
        .plan = {5, 5, 0, 0},
        .rows = 10},
       kNoDrift,
       {}},
      {"an effect below the threshold is none, however certain",
       spec([](auto& s) { s.features = {{"age", {{DriftMethodName::kPsi, 5.0}}}}; }),
       {.age = kMoved},
       kNoDrift,
       {}},
      {"any of several methods is enough",
       spec([](auto& s) { s.features = {{"age", {{DriftMethodName::kPsi, 5.0}, {DriftMethodName::kKs, {}}}}}; }),
       {.age = kMoved},
       kDrift,
       {"age"}},
      {"features that are not listed are not compared",
       spec([](auto& s) { s.features = {{"age"}}; }),
       {.income = kMoved},
       kNoDrift,
       {}},
      {"a light feature does not pass the dataset's rule",
       spec([](auto& s) {
         s.features = weighted(1, 9);
         s.decision.dataset_rule.weighted_share = 0.5;
       }),
       {.age = kMoved},
       kNoDrift,
       {"age"}},
      {"a heavy feature does",
       spec([](auto& s) {
         s.features = weighted(9, 1);
         s.decision.dataset_rule.weighted_share = 0.5;
       }),
       {.age = kMoved},
       kDrift,
       {"age"}},
      {"predictions are not compared unasked", spec(), {.prediction = {450, 50, 0, 0}}, kNoDrift, {}},
      {"predictions that drift are drift of the window",
       spec([](auto& s) {
         s.prediction_drift = PredictionDrift{};
         s.decision.dataset_rule.weighted_share = 1;
       }),
       {.prediction = {450, 50, 0, 0}},
       kDrift,
       {"prediction"}},
      {"counts over other bins are not compared",
       spec([](auto& s) { s.features = {{"age"}}; }),
       {.age = {1, 2, 3}},
       kInsufficientData,
       {}},
  };
}

class Compare : public testing::TestWithParam<Case> {};

TEST_P(Compare, Window) {
  const Case& param = GetParam();
  const Comparison found = compare(param.spec, reference(), window(param.seen));
  EXPECT_EQ(found.result.verdict, param.verdict) << param.name;
  EXPECT_EQ(drifted(found), param.drifted) << param.name;
}

INSTANTIATE_TEST_SUITE_P(Table, Compare, testing::ValuesIn(cases()));

TEST(Comparison, SaysHowFarEachFeatureMovedTheFarthestFirst) {
  const Comparison found = compare(spec(), reference(), window({.income = kMoved}));
  ASSERT_EQ(found.features.size(), 3u);
  EXPECT_EQ(found.features[0].name, "income");
  EXPECT_EQ(found.features[0].method, DriftMethodName::kPsi);
  // Σ (p − q) ln(p / q) of 0.25 each and 0.05, 0.1, 0.25, 0.6
  EXPECT_NEAR(found.features[0].value, 0.76574525034, 1e-10);
  EXPECT_EQ(found.features[0].threshold, 0.2);
  EXPECT_LT(found.features[0].p, 1e-6);
  EXPECT_EQ(found.result.drifted_features, 1);
  EXPECT_NEAR(found.result.weighted_share, 1.0 / 3, 1e-12);
  EXPECT_EQ(found.result.rows, 500);
  EXPECT_EQ(found.result.end - found.result.start, std::chrono::seconds(60));
}

TEST(Comparison, CorrectsForTheNumberOfTests) {
  const auto p_with = [](Correction correction) {
    const auto asked = spec([&](auto& s) {
      s.features = {{"age"}, {"income"}};
      s.decision.correction = correction;
    });
    const Comparison found = compare(asked, reference(), window({.income = {0, 150, 130, 120, 100, 0, 0, 0, 0, 0}}));
    return found.features.at(0).p;
  };
  EXPECT_NEAR(p_with(Correction::kBonferroni), 2 * p_with(Correction::kNone), 1e-9);
}

TEST(Unanswerable, NamesWhatTheBaselineLacks) {
  EXPECT_THAT(unanswerable(spec(), reference()), IsEmpty());
  EXPECT_THAT(unanswerable(spec([](auto& s) { s.features = {{"agee"}}; }), reference()),
              ElementsAre(HasSubstr("no feature agee")));
  EXPECT_THAT(unanswerable(spec([](auto& s) { s.features = {{"plan", {{DriftMethodName::kKs, {}}}}}; }), reference()),
              ElementsAre(HasSubstr("use psi, js or chi2")));
}

}  // namespace
}  // namespace gyre::drift_monitor
