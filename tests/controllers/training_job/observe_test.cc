#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controllers/training_job/reconciler.h"
#include "tests/controllers/training_job/world.h"

namespace gyre::training_job {
namespace {

using nlohmann::json;

// An API server of which only the logs are read.
class Logs final : public runtime::Api {
 public:
  Result<std::string> log = std::string("loss=0.5\n");
  std::vector<std::string> asked;

  Result<std::string> pod_log(const Key& pod, std::string_view container, int, int) override {
    asked.push_back(pod.text() + " " + std::string(container));
    return log;
  }
  Result<json> get(const Kind&, const Key&) override { return refused(); }
  Result<kube::RawObject> create(const Kind&, const json&, std::string_view) override { return refused(); }
  Result<kube::RawObject> apply(const Kind&, const json&, std::string_view) override { return refused(); }
  Result<kube::RawObject> patch(const Kind&, const Key&, const json&, std::string_view) override { return refused(); }
  Result<kube::RawObject> patch_status(const Kind&, const Key&, const runtime::Precondition&, const json&,
                                       std::string_view) override {
    return refused();
  }
  Result<std::optional<kube::RawObject>> delete_(const Kind&, const Key&, const runtime::Precondition&,
                                                 Propagation) override {
    return refused();
  }

 private:
  static std::unexpected<Error> refused() { return fail(Code::kForbidden, "ReadOnly", "observing writes nothing"); }
};

class Observing : public testing::Test {
 protected:
  Observing() {
    cache_.declare<TrainingJob>();
    cache_.declare<Job>();
    cache_.declare<Pod>();
    cache_.declare<Service>();
    cache_.declare<ModelVersion>();
  }

  template <class T>
  void put(const T& object) {
    json stored = schema::to_json(object);
    stored["metadata"]["resourceVersion"] = std::to_string(++version_);
    cache_.remember(kind_of(Type<T>{}), stored);
  }

  // What the small cluster of the other tests holds.
  void put(const World& world) {
    const Observed seen = world.seen();
    put(*seen.training_job);
    for (const auto& job : seen.jobs) put(*job);
    for (auto pod : seen.pods) {
      Pod labelled = *pod;
      labelled.metadata.uid = "uid-of-" + labelled.metadata.name;
      labelled.metadata.labels[labels::kTrainingJob] = "train";
      put(labelled);
    }
  }

  Result<Observed> observe_at(Time now) { return observe(cache_, logs_, {"ml", "train"}, {"worker:1"}, now); }

  runtime::Cache cache_;
  Logs logs_;
  int version_ = 100;
};

TEST_F(Observing, WhatIsGoneIsNotFound) { EXPECT_EQ(observe_at(kStart).error().code, Code::kNotFound); }

TEST_F(Observing, FindsJobsPodsAndNamesakes) {
  World world;
  world.settle();
  world.running(0);
  put(world);
  Job stranger;
  stranger.metadata = {.name = "train-1", .namespace_ = "ml", .uid = "stranger"};
  put(stranger);
  const Observed seen = observe_at(kStart).value();
  EXPECT_EQ(seen.jobs.size(), 1u) << "another's Job matters only when it has the current attempt's name";
  EXPECT_EQ(seen.pods.size(), 1u);
  EXPECT_FALSE(seen.trainer_log) << "a log is read when it is complete";
  EXPECT_TRUE(logs_.asked.empty());

  world.status([](TrainingJobStatus& status) { status.attempt = 1; });
  put(world);
  EXPECT_EQ(observe_at(kStart).value().jobs.size(), 2u);
}

TEST_F(Observing, ReadsTheTrainersLogOnceItHasEndedWell) {
  World world;
  world.settle();
  put(world.succeeds(0));
  EXPECT_EQ(observe_at(kStart).value().trainer_log, "loss=0.5\n");
  EXPECT_THAT(logs_.asked, testing::ElementsAre("ml/train-0-0-pod trainer"));
  world.settle();
  put(world);
  EXPECT_FALSE(observe_at(kStart).value().trainer_log) << "not again after the end";
}

TEST_F(Observing, TriesALogThatCannotBeReadAgainButNotForEver) {
  World world;
  world.settle();
  put(world.succeeds(0));
  logs_.log = fail(Code::kUnavailable, "Unavailable", "the kubelet is away");
  EXPECT_FALSE(observe_at(kStart));
  EXPECT_TRUE(observe_at(kStart + 2min));
  logs_.log = fail(Code::kNotFound, "NotFound", "the pod is gone");
  EXPECT_TRUE(observe_at(kStart));
}

TEST_F(Observing, ALogThatMayNotBeReadIsAskedForAgainSoonAndIsNoFaultOfTheTrainingJob) {
  World world;
  world.settle();
  put(world.succeeds(0));
  const Error no_logs{Code::kInvalid, "MethodNotAllowed", "the server does not allow this method", std::nullopt};
  const Error no_right{Code::kForbidden, "Forbidden", "cannot get resource pods/log", std::nullopt};
  for (const Error& error : {no_logs, no_right}) {
    logs_.log = fail(error);
    const auto seen = observe_at(kStart);
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().code, Code::kUnavailable);
    EXPECT_FALSE(observe_at(kStart + 2min).value().trainer_log);
  }
}

TEST_F(Observing, FindsTheVersionByTheTrainingJobsUid) {
  World world;
  ModelOutput model;
  model.name = "digits";
  put(world.publishes(model));
  ModelVersion version;
  version.metadata = {.name = model_version_name("digits", "uid-1"), .namespace_ = "ml", .uid = "uid-v"};
  put(version);
  EXPECT_NE(observe_at(kStart).value().version, nullptr);
}

}  // namespace
}  // namespace gyre::training_job
