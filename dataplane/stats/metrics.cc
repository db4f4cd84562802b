#include "dataplane/stats/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace gyre::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool comparable(Column truth, Column predicted) { return !truth.empty() && truth.size() == predicted.size(); }

template <class F>
double mean_over_rows(Column truth, Column predicted, F f) {
  if (!comparable(truth, predicted)) return kNan;
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) sum += f(truth[i], predicted[i]);
  return sum / static_cast<double>(truth.size());
}

struct Confusion {
  double hits = 0;
  double false_alarms = 0;
  double misses = 0;
};

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }
double f1_of(const Confusion& c) { return ratio(2 * c.hits, 2 * c.hits + c.false_alarms + c.misses); }

Confusion confusion(Column truth, Column predicted) {
  Confusion c;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool is = truth[i] == 1;
    const bool said = predicted[i] == 1;
    if (is && said) ++c.hits;
    if (!is && said) ++c.false_alarms;
    if (is && !said) ++c.misses;
  }
  return c;
}

struct Entry {
  std::string_view name;
  Better better;
  double (*of)(Column, Column);
};
constexpr std::array<Entry, 10> kMetrics = {{
    {"accuracy", Better::kHigher, accuracy},
    {"precision", Better::kHigher, precision},
    {"recall", Better::kHigher, recall},
    {"f1", Better::kHigher, f1},
    {"f1_macro", Better::kHigher, f1_macro},
    {"rmse", Better::kLower, rmse},
    {"mae", Better::kLower, mae},
    {"r2", Better::kHigher, r2},
    {"auc", Better::kHigher, auc},
    {"log_loss", Better::kLower, log_loss},
}};

}  // namespace

double accuracy(Column truth, Column predicted) {
  return mean_over_rows(truth, predicted, [](double t, double p) { return t == p ? 1.0 : 0.0; });
}

double precision(Column truth, Column predicted) {
  if (!comparable(truth, predicted)) return kNan;
  const Confusion c = confusion(truth, predicted);
  return ratio(c.hits, c.hits + c.false_alarms);
}

double recall(Column truth, Column predicted) {
  if (!comparable(truth, predicted)) return kNan;
  const Confusion c = confusion(truth, predicted);
  return ratio(c.hits, c.hits + c.misses);
}

double f1(Column truth, Column predicted) {
  if (!comparable(truth, predicted)) return kNan;
  return f1_of(confusion(truth, predicted));
}

double f1_macro(Column truth, Column predicted) {
  if (!comparable(truth, predicted)) return kNan;
  std::map<double, Confusion> classes;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] == predicted[i]) {
      ++classes[truth[i]].hits;
    } else {
      ++classes[truth[i]].misses;
      ++classes[predicted[i]].false_alarms;
    }
  }
  double sum = 0;
  for (const auto& [label, c] : classes) sum += f1_of(c);
  return sum / static_cast<double>(classes.size());
}

double rmse(Column truth, Column predicted) {
  return std::sqrt(mean_over_rows(truth, predicted, [](double t, double p) { return (t - p) * (t - p); }));
}

double mae(Column truth, Column predicted) {
  return mean_over_rows(truth, predicted, [](double t, double p) { return std::fabs(t - p); });
}

double r2(Column truth, Column predicted) {
  const double mean = mean_over_rows(truth, predicted, [](double t, double) { return t; });
  const double variance = mean_over_rows(truth, predicted, [&](double t, double) { return (t - mean) * (t - mean); });
  const double error = mean_over_rows(truth, predicted, [](double t, double p) { return (t - p) * (t - p); });
  return variance > 0 ? 1 - error / variance : kNan;
}

double auc(Column truth, Column predicted) {
  if (!comparable(truth, predicted)) return kNan;
  std::vector<std::size_t> order(truth.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return predicted[a] < predicted[b]; });
  double negatives_below = 0;
  double positives = 0;
  double area = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    double tied_positives = 0;
    double tied_negatives = 0;
    std::size_t end = begin;
    for (; end < order.size() && predicted[order[end]] == predicted[order[begin]]; ++end)
      ++(truth[order[end]] == 1 ? tied_positives : tied_negatives);
    if (end == begin) return kNan;  // A NaN score equals nothing, itself included.
    area += tied_positives * (negatives_below + tied_negatives / 2);
    negatives_below += tied_negatives;
    positives += tied_positives;
    begin = end;
  }
  return positives > 0 && negatives_below > 0 ? area / (positives * negatives_below) : kNan;
}

double log_loss(Column truth, Column predicted) {
  return mean_over_rows(truth, predicted, [](double t, double p) {
    const double held = std::clamp(p, 1e-15, 1 - 1e-15);
    return t == 1 ? -std::log(held) : -std::log1p(-held);
  });
}

std::optional<Metric> find_metric(std::string_view name) {
  for (const Entry& known : kMetrics)
    if (known.name == name) return Metric{std::string(known.name), known.better, known.of};
  return std::nullopt;
}

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const Entry& known : kMetrics) names.emplace_back(known.name);
  return names;
}

}  // namespace gyre::stats
