#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// How well predictions fit the truth. Both vectors have one entry a row. Classes are numbers (the caller maps names);
// in binary metrics 1 is the positive class. NaN when there are no rows, the lengths differ, or the metric is not
// defined on them.
namespace gyre::stats {

using Column = std::span<const double>;

double accuracy(Column truth, Column predicted);
// Of class 1. 0 where the denominator is empty (nothing predicted, nothing there), as scikit-learn has it.
double precision(Column truth, Column predicted);
double recall(Column truth, Column predicted);
double f1(Column truth, Column predicted);
double f1_macro(Column truth, Column predicted);  // Mean of F1 over the classes in truth or prediction.
double rmse(Column truth, Column predicted);
double mae(Column truth, Column predicted);
double r2(Column truth, Column predicted);  // NaN when the truth is constant.
// Here `predicted` is a score that grows with the chance of class 1: the area under the ROC curve, ties counting
// half. NaN when the truth has one class only.
double auc(Column truth, Column predicted);
// Here `predicted` is the probability of class 1; held to [1e-15, 1 − 1e-15], in nats.
double log_loss(Column truth, Column predicted);

using MetricFunction = std::function<double(Column truth, Column predicted)>;
enum class Better { kHigher, kLower };

struct Metric {
  std::string name;  // As written in a gate: accuracy, precision, recall, f1, f1_macro, rmse, mae, r2, auc, log_loss.
  Better better = Better::kHigher;
  MetricFunction of;
};
std::optional<Metric> find_metric(std::string_view name);
std::vector<std::string> metric_names();

}  // namespace gyre::stats
