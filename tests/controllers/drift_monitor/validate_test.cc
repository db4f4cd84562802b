#include "controllers/drift_monitor/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/controllers/drift_monitor/world.h"

namespace gyre::drift_monitor {
namespace {

struct Case {
  std::string name;
  std::function<void(DriftMonitor&)> change;
  std::string path;  // Empty: accepted.
};

DriftMonitor good() {
  World world;
  world.retrains();
  return world.monitor();
}

std::vector<Case> cases() {
  return {
      {"a good monitor", [](DriftMonitor&) {}, ""},
      {"window shorter than its bucket", [](auto& m) { m.spec.window.duration = 5s; }, "spec.window.duration"},
      {"bucket that does not divide", [](auto& m) { m.spec.window.bucket = 7s; }, "spec.window.bucket"},
      {"bucket of a fraction", [](auto& m) { m.spec.window.bucket = 1500ms; }, "spec.window.bucket"},
      {"retention shorter than the window", [](auto& m) { m.spec.window.retention = 30s; }, "spec.window.retention"},
      {"N above M", [](auto& m) { m.spec.decision.n_of_m = {4, 3}; }, "spec.decision.nOfM"},
      {"weights of nothing under a rule",
       [](auto& m) {
         m.spec.features = {{"age", {}, 0}};
         m.spec.decision.dataset_rule.weighted_share = 0.1;
       },
       "spec.features"},
      {"snapshots among the labelled rows",
       [](auto& m) { m.spec.retrain->dataset->snapshot_uri = "pvc://models/labelled/snapshots"; },
       "spec.retrain.dataset.snapshotUri"},
      {"a neighbour with a longer name is no overlap",
       [](auto& m) { m.spec.retrain->dataset->snapshot_uri = "pvc://models/labelled-snapshots"; }, ""},
      {"a training job without template", [](auto& m) { m.spec.retrain->training_job.erase("template"); },
       "spec.retrain.trainingJob.template"},
      {"a training job of the wrong type", [](auto& m) { m.spec.retrain->training_job["seed"] = "one"; },
       "spec.retrain.trainingJob.seed"},
      {"a training job that is suspended", [](auto& m) { m.spec.retrain->training_job["suspend"] = true; },
       "spec.retrain.trainingJob.suspend"},
      {"a name too long for a label", [](auto& m) { m.metadata.name = std::string(64, 'a'); }, "metadata.name"},
  };
}

class Validate : public testing::TestWithParam<Case> {};

TEST_P(Validate, Monitor) {
  DriftMonitor monitor = good();
  GetParam().change(monitor);
  const auto errors = check_drift_monitor(monitor);
  if (GetParam().path.empty()) {
    EXPECT_TRUE(errors.empty()) << GetParam().name << ": " << errors.front().message;
    return;
  }
  ASSERT_FALSE(errors.empty()) << GetParam().name;
  EXPECT_EQ(errors.front().path, GetParam().path) << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(Table, Validate, testing::ValuesIn(cases()));

}  // namespace
}  // namespace gyre::drift_monitor
