#include "controllers/drift_monitor/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "controllers/drift_monitor/names.h"
#include "dataplane/stats/correction.h"
#include "dataplane/stats/histogram.h"
#include "dataplane/stats/noise.h"

namespace gyre::drift_monitor {
namespace {

enum class Side { kFeature, kPrediction };

// One feature or prediction, as it was and as it is; `current` is null when no agent counted it.
struct Subject {
  Side side = Side::kFeature;
  const wire::Profile* reference = nullptr;
  const wire::FeatureCounts* current = nullptr;
  std::vector<DriftMethod> methods;
  double weight = 1;
};

// One subject by one method.
struct Test {
  std::size_t subject = 0;
  DriftMethodName method = DriftMethodName::kPsi;
  double threshold = 0;
  stats::Drift drift;
};

template <class T>
const T* find_named(const std::vector<T>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &T::name);
  return found == all.end() ? nullptr : &*found;
}

stats::Method stats_method(DriftMethodName name) {
  switch (name) {
    case DriftMethodName::kPsi:
      return stats::Method::kPsi;
    case DriftMethodName::kKs:
      return stats::Method::kKs;
    case DriftMethodName::kJs:
      return stats::Method::kJs;
    case DriftMethodName::kChi2:
      return stats::Method::kChiSquared;
  }
  return stats::Method::kPsi;
}

stats::Correction stats_correction(Correction correction) {
  switch (correction) {
    case Correction::kNone:
      return stats::Correction::kNone;
    case Correction::kBonferroni:
      return stats::Correction::kBonferroni;
    case Correction::kBenjaminiHochberg:
      return stats::Correction::kBenjaminiHochberg;
  }
  return stats::Correction::kBenjaminiHochberg;
}

std::vector<DriftMethod> methods_or(const std::vector<DriftMethod>& asked, DriftMethodName otherwise) {
  return asked.empty() ? std::vector{DriftMethod{otherwise, std::nullopt}} : asked;
}

std::vector<Subject> feature_subjects(const DriftMonitorSpec& spec, const wire::Baseline& reference,
                                      const wire::WindowCounts& window) {
  std::vector<Subject> out;
  const auto add = [&](const wire::Profile& profile, const MonitoredFeature& asked) {
    out.push_back({Side::kFeature, &profile, find_named(window.features, profile.name),
                   methods_or(asked.methods, DriftMethodName::kPsi), asked.weight});
  };
  if (spec.features.empty())
    for (const wire::Profile& profile : reference.features) add(profile, {});
  for (const MonitoredFeature& feature : spec.features)
    if (const wire::Profile* profile = find_named(reference.features, feature.name)) add(*profile, feature);
  return out;
}

std::vector<Subject> subjects_of(const DriftMonitorSpec& spec, const wire::Baseline& reference,
                                 const wire::WindowCounts& window) {
  std::vector<Subject> out = feature_subjects(spec, reference, window);
  if (!spec.prediction_drift) return out;
  for (const wire::Profile& profile : reference.predictions)
    out.push_back({Side::kPrediction, &profile, find_named(window.predictions, profile.name),
                   methods_or(spec.prediction_drift->methods, DriftMethodName::kJs), 0});
  return out;
}

std::vector<double> to_doubles(const std::vector<std::int64_t>& counts) { return {counts.begin(), counts.end()}; }

// KS needs an order; the others take every bin, so that a jump in missing values counts too.
std::optional<stats::Drift> measure(const Subject& subject, DriftMethodName method) {
  if (!subject.current) return std::nullopt;
  const std::vector<double> before = to_doubles(subject.reference->counts);
  const std::vector<double> after = to_doubles(subject.current->counts);
  if (before.size() != after.size()) return std::nullopt;
  if (method != DriftMethodName::kKs) return stats::measure_unordered(stats_method(method), before, after);
  const auto bins = stats::Bins::make(subject.reference->edges);
  if (!bins || bins->size() != before.size()) return std::nullopt;
  return stats::measure_ordered(stats::Method::kKs, bins->ordered(before), bins->ordered(after), bins->positions());
}

std::vector<Test> run_tests(const DriftMonitorSpec& spec, const std::vector<Subject>& subjects) {
  std::vector<Test> tests;
  for (std::size_t i = 0; i < subjects.size(); ++i)
    for (const DriftMethod& method : subjects[i].methods)
      if (const auto drift = measure(subjects[i], method.name))
        tests.push_back(
            {i, method.name, method.threshold.value_or(stats::default_threshold(stats_method(method.name))), *drift});
  std::vector<double> p;
  for (const Test& test : tests) p.push_back(test.drift.p);
  const std::vector<double> corrected = stats::adjust(p, stats_correction(spec.decision.correction));
  for (std::size_t i = 0; i < tests.size(); ++i) tests[i].drift.p = corrected[i];
  return tests;
}

// How far beyond the threshold; a threshold of 0 leaves the effect itself.
double share_of_threshold(const FeatureDrift& drift) {
  return drift.threshold > 0 ? drift.value / drift.threshold : drift.value;
}

bool moved_more(const FeatureDrift& a, const FeatureDrift& b) {
  return std::pair(a.drifted, share_of_threshold(a)) > std::pair(b.drifted, share_of_threshold(b));
}

// The method by which each subject moved most; nothing for a subject that could not be measured.
std::vector<std::optional<FeatureDrift>> strongest(const DriftMonitorSpec& spec, const std::vector<Subject>& subjects) {
  std::vector<std::optional<FeatureDrift>> out(subjects.size());
  for (const Test& test : run_tests(spec, subjects)) {
    const bool drifted = test.drift.effect >= test.threshold && test.drift.p <= spec.decision.alpha;
    const FeatureDrift found{
        subjects[test.subject].reference->name, test.method, test.drift.effect, test.threshold, test.drift.p, drifted};
    std::optional<FeatureDrift>& best = out[test.subject];
    if (!best || moved_more(found, *best)) best = found;
  }
  return out;
}

bool passes_rule(const DatasetRule& rule, const WindowResult& result) {
  return result.drifted_features > 0 && result.weighted_share >= rule.weighted_share;
}

Comparison sized(const wire::WindowCounts& window) {
  Comparison out;
  out.result.start = Time(std::chrono::seconds(window.start));
  out.result.end = Time(std::chrono::seconds(window.start + window.seconds));
  out.result.rows = window.rows;
  return out;
}

}  // namespace

Comparison compare(const DriftMonitorSpec& spec, const wire::Baseline& reference, const wire::WindowCounts& window) {
  Comparison out = sized(window);
  out.result.verdict = kInsufficientData;
  if (window.rows < spec.window.min_rows) return out;

  const std::vector<Subject> subjects = subjects_of(spec, reference, window);
  const auto found = strongest(spec, subjects);
  double weight = 0;
  double drifted_weight = 0;
  bool prediction_drifted = false;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    weight += subjects[i].weight;
    if (!found[i]) continue;
    out.features.push_back(*found[i]);
    if (subjects[i].side == Side::kPrediction) {
      prediction_drifted |= found[i]->drifted;
      out.result.prediction_effect = std::max(out.result.prediction_effect.value_or(0), found[i]->value);
    } else if (found[i]->drifted) {
      ++out.result.drifted_features;
      drifted_weight += subjects[i].weight;
    }
  }
  // Rows without a single count that could be compared are no evidence that nothing moved.
  if (out.features.empty()) return out;
  out.result.weighted_share = weight > 0 ? drifted_weight / weight : 0;
  const bool drifts = prediction_drifted || passes_rule(spec.decision.dataset_rule, out.result);
  out.result.verdict = drifts ? kDrift : kNoDrift;
  std::ranges::stable_sort(out.features, moved_more);
  return out;
}

std::vector<std::string> unanswerable(const DriftMonitorSpec& spec, const wire::Baseline& reference) {
  std::vector<std::string> out;
  const auto check = [&](const wire::Profile& profile, const std::vector<DriftMethod>& methods) {
    for (const DriftMethod& method : methods)
      if (method.name == DriftMethodName::kKs && profile.type != "numeric")
        out.push_back(fmt::format("ks needs an order and {} is categorical; use psi, js or chi2 for it", profile.name));
  };
  for (const MonitoredFeature& feature : spec.features) {
    const wire::Profile* profile = find_named(reference.features, feature.name);
    if (profile)
      check(*profile, feature.methods);
    else
      out.push_back(
          fmt::format("the baseline has no feature {}; remove it from features, or correct its name", feature.name));
  }
  if (!spec.prediction_drift) return out;
  if (reference.predictions.empty())
    out.push_back("the baseline has no predictions; write them to baseline.csv, or remove predictionDrift");
  for (const wire::Profile& profile : reference.predictions) check(profile, spec.prediction_drift->methods);
  return out;
}

}  // namespace gyre::drift_monitor
