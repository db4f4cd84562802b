#include "dataplane/stats/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dataplane/stats/performance_estimate.h"

namespace gyre::stats {
namespace {

using Values = std::vector<double>;
const Values kTruth{0, 0, 1, 1, 1, 0, 1, 0, 1, 1};
const Values kScore{0.1, 0.4, 0.35, 0.8, 0.8, 0.8, 0.65, 0.2, 0.4, 0.9};

TEST(Metrics, AgreeWithScikitLearn) {
  const Values predicted{0, 0, 1, 1, 1, 1, 0, 0, 1, 1};
  EXPECT_NEAR(accuracy(kTruth, predicted), 0.8, 1e-12);
  EXPECT_NEAR(precision(kTruth, predicted), 0.8333333333333334, 1e-12);
  EXPECT_NEAR(recall(kTruth, predicted), 0.8333333333333334, 1e-12);
  EXPECT_NEAR(f1(kTruth, predicted), 0.8333333333333334, 1e-12);
  EXPECT_NEAR(f1_macro(kTruth, predicted), 0.7916666666666667, 1e-12);
  EXPECT_NEAR(auc(kTruth, kScore), 0.7708333333333333, 1e-12);
  EXPECT_NEAR(log_loss(kTruth, kScore), 0.539731099392366, 1e-12);
  // f1_score([0,1,2,2,1,0,3,1], [0,2,2,2,1,1,0,1], average="macro")
  EXPECT_NEAR(f1_macro(Values{0, 1, 2, 2, 1, 0, 3, 1}, Values{0, 2, 2, 2, 1, 1, 0, 1}), 0.49166666666666664, 1e-12);
  EXPECT_NEAR(rmse(Values{1, 2, 3}, Values{1, 4, 7}), std::sqrt(20.0 / 3), 1e-12);
  EXPECT_NEAR(mae(Values{1, 2, 3}, Values{1, 4, 7}), 2, 1e-12);
  EXPECT_NEAR(r2(Values{1, 2, 3}, Values{1, 2, 4}), 0.5, 1e-12);
}

TEST(Metrics, SayNanWhereTheyAreNotDefined) {
  for (const std::string& name : metric_names()) {
    const Metric metric = *find_metric(name);
    EXPECT_TRUE(std::isnan(metric.of(Values{}, Values{}))) << name;
    EXPECT_TRUE(std::isnan(metric.of(Values{1, 0}, Values{1}))) << name;
  }
  EXPECT_TRUE(std::isnan(auc(Values{1, 1}, Values{0.2, 0.3})));
  EXPECT_TRUE(std::isnan(auc(Values{0, 1}, Values{std::nan(""), std::nan("")})));
  EXPECT_EQ(f1(Values{0, 0}, Values{0, 0}), 0);
  EXPECT_TRUE(std::isfinite(log_loss(Values{1, 0}, Values{0, 1})));
}

TEST(Metrics, KnowWhichWayIsBetter) {
  EXPECT_EQ(find_metric("accuracy")->better, Better::kHigher);
  EXPECT_EQ(find_metric("rmse")->better, Better::kLower);
  EXPECT_EQ(find_metric("log_loss")->better, Better::kLower);
  EXPECT_FALSE(find_metric("acc"));
}

TEST(ExpectedPerformance, HoldsTheReferenceValues) {
  const ExpectedPerformance expected = expected_performance(Values{0.9, 0.8, 0.6, 0.4, 0.2});
  EXPECT_NEAR(expected.accuracy, 0.74, 1e-9);
  EXPECT_NEAR(expected.f1, 0.779661, 5e-7);
  EXPECT_NEAR(expected.auroc, 0.795567, 5e-7);
}

TEST(ExpectedPerformance, IsTheRealOneWhereProbabilitiesAreCertain) {
  const ExpectedPerformance certain = expected_performance(Values{1, 1, 0, 0});
  EXPECT_EQ(certain.accuracy, 1);
  EXPECT_EQ(certain.f1, 1);
  EXPECT_EQ(certain.auroc, 1);
  EXPECT_TRUE(std::isnan(expected_performance(Values{1, 1}).auroc));
  EXPECT_TRUE(std::isnan(expected_performance(Values{}).accuracy));
  EXPECT_NEAR(expected_performance(Values{0.5, 0.5, 0.5}).auroc, 0.5, 1e-12);
  EXPECT_NEAR(expected_accuracy(Values{0.9, 0.5}), 0.7, 1e-12);
}

}  // namespace
}  // namespace gyre::stats
