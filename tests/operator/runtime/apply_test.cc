#include "operator/runtime/apply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controllers/common/names.h"
#include "crds/builtin/config_map.h"
#include "crds/builtin/job.h"
#include "crds/v1alpha1/model_version.h"
#include "operator/runtime/fate.h"
#include "tests/support/fake_api_server.h"

namespace gyre::runtime {
namespace {

using Json = nlohmann::json;
using support::FakeApiServer;
using testing::HasSubstr;

constexpr Kind kOwner{"gyre.dev", "v1alpha1", "ModelVersion", "modelversions"};
constexpr Kind kConfigMap = kind_of(Type<ConfigMap>{});
constexpr Kind kJob = kind_of(Type<Job>{});
constexpr char kOwnerPath[] = "/apis/gyre.dev/v1alpha1/namespaces/n/modelversions/m";
constexpr char kMapPath[] = "/api/v1/namespaces/n/configmaps/c";
constexpr char kJobPath[] = "/apis/batch/v1/namespaces/n/jobs/j";

class ApplyTest : public testing::Test {
 protected:
  ApplyTest() {
    cache_.declare<ConfigMap>();
    const Json stored = server_.put(kOwnerPath, {{"spec", {{"model", "m"}}}, {"status", {{"observedGeneration", 1}}}});
    see(stored);
  }

  // The owner as the cache would now show it.
  void see(const Json& stored) {
    const Json& metadata = stored["metadata"];
    owner_.name = "m";
    owner_.namespace_ = "n";
    owner_.uid = metadata["uid"];
    owner_.resource_version = metadata["resourceVersion"];
    owner_.generation = 2;
    live_status_ = stored.value("status", Json::object());
  }
  void see() { see(server_.get(kOwnerPath)); }

  Json meta(const std::string& name) const {
    return {{"name", name},
            {"namespace", "n"},
            {"ownerReferences",
             {{{"apiVersion", "gyre.dev/v1alpha1"},
               {"kind", "ModelVersion"},
               {"name", "m"},
               {"uid", owner_.uid},
               {"controller", true}}}}};
  }
  Child map_child(const Json& data) const {
    return {
        kConfigMap, {"n", "c"}, {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", meta("c")}, {"data", data}}};
  }
  Child job_child(const Json& spec) const {
    return {kJob, {"n", "j"}, {{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"metadata", meta("j")}, {"spec", spec}}};
  }

  UntypedPlan plan() const {
    return {kOwner,
            owner_,
            applies_,
            deletions_,
            events_,
            live_status_ == status_,
            [this] { return StatusChange{live_status_, status_}; },
            requeue_after_,
            delete_self_};
  }
  Result<Next> run() { return applier_.run(plan()); }
  // The watch's view of what is stored.
  void fill_cache() { cache_.remember(kConfigMap, server_.get(kMapPath)); }
  Json condition(const std::string& type) const {
    const Json status = server_.get(kOwnerPath).value("status", Json::object());
    for (const Json& each : status.value("conditions", Json::array()))
      if (each["type"] == type) return each;
    return nullptr;
  }

  FakeApiServer server_;
  kube::Client client_{server_.config()};
  ClientApi api_{client_};
  Cache cache_;
  ManualClock clock_{*parse_time("2026-11-21T08:00:00Z")};
  Metrics metrics_;
  EventRecorder recorder_{api_, clock_, metrics_, "pod-1"};
  Applier applier_{api_, cache_, recorder_, clock_};

  ObjectMeta owner_;
  Json live_status_, status_ = {{"observedGeneration", 1}};
  std::vector<Child> applies_;
  std::vector<Deletion> deletions_;
  std::vector<EventNote> events_;
  std::optional<Duration> requeue_after_;
  std::optional<Deletion> delete_self_;
};

TEST_F(ApplyTest, AnEmptyPlanWritesNothing) {
  requeue_after_ = std::chrono::seconds(5);
  EXPECT_EQ(run(), Next{std::chrono::seconds(5)});
  EXPECT_EQ(server_.calls().size(), 0u);
}

TEST_F(ApplyTest, AChildIsCreatedByPostAndReadBackFromTheCache) {
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.count("POST", "/configmaps?fieldManager=gyre-modelversion"), 1);
  EXPECT_EQ(server_.count("PATCH", ""), 0);
  EXPECT_EQ(server_.get(kMapPath)["data"]["k"], "v");
  ASSERT_NE(cache_.get<ConfigMap>({"n", "c"}), nullptr);
  EXPECT_EQ(cache_.get<ConfigMap>({"n", "c"})->data.at("k"), "v");
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.writes(), 1);
}

TEST_F(ApplyTest, WhatAnAdmissionWebhookMakesOfAChildIsSaidOnceAndNotFought) {
  server_.admit([](Json& object) { object["data"]["k"] = "of the webhook's own"; });
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.writes(), 1);
  applies_ = {map_child({{"k", "w"}})};
  ASSERT_TRUE(run());
  const int writes = server_.writes();
  EXPECT_GT(writes, 1);
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.writes(), writes);
  EXPECT_EQ(server_.get(kMapPath)["data"]["k"], "of the webhook's own");
}

TEST_F(ApplyTest, WhatAnAdmissionWebhookMakesOfAChildIsSaidOnceWhateverEncodingTheCacheHasItFrom) {
  server_.admit([](Json& object) { object["data"]["k"] = "of the webhook's own"; });
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  kube::RawObject in_another_encoding = kube::parse_object(server_.get(kMapPath).dump()).value();
  in_another_encoding.content ^= 1;
  Cache other_cache;
  other_cache.declare<ConfigMap>();
  other_cache.remember(kConfigMap, in_another_encoding);
  Applier other(api_, other_cache, recorder_, clock_);
  ASSERT_TRUE(other.run(plan()));
  const int after_start = server_.writes();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(other.run(plan()));
  EXPECT_EQ(server_.writes(), after_start);
}

TEST_F(ApplyTest, WhatSomebodyElseMadeOfAChildBeforeTheAnswerCameIsMended) {
  server_.admit([](Json& object) { object["data"]["k"] = "of the webhook's own"; });
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  server_.admit([](Json&) {});
  Json edited = server_.get(kMapPath);
  edited["data"]["k"] = "of a person";
  cache_.remember(kConfigMap, kube::parse_object(server_.put(kMapPath, edited).dump()).value());
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.get(kMapPath)["data"]["k"], "v");
}

TEST_F(ApplyTest, AWebhooksOpinionIsAskedForAgainWhenTheObjectChangesOrAnHourHasPassed) {
  server_.admit([](Json& object) { object["data"]["k"] = "of the webhook's own"; });
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  Cache other_cache;
  other_cache.declare<ConfigMap>();
  other_cache.remember(kConfigMap, kube::parse_object(server_.get(kMapPath).dump()).value());
  Applier other(api_, other_cache, recorder_, clock_);
  ASSERT_TRUE(other.run(plan()));
  const int after_start = server_.writes();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(other.run(plan()));
  EXPECT_EQ(server_.writes(), after_start) << "said once, though saying it changed nothing";
  clock_.advance(std::chrono::minutes(61));
  ASSERT_TRUE(other.run(plan()));
  EXPECT_GT(server_.writes(), after_start);
  server_.admit([](Json&) {});
  Json edited = server_.get(kMapPath);
  edited["metadata"]["labels"]["app"] = "x";
  other_cache.remember(kConfigMap, kube::parse_object(server_.put(kMapPath, edited).dump()).value());
  ASSERT_TRUE(other.run(plan()));
  EXPECT_EQ(server_.get(kMapPath)["data"]["k"], "v");
}

TEST_F(ApplyTest, AChildThatTheCacheHasNotSeenIsComparedAndNotWritten) {
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  Cache behind;
  behind.declare<ConfigMap>();
  Applier late(api_, behind, recorder_, clock_);
  ASSERT_TRUE(late.run(plan()));
  EXPECT_EQ(server_.count("PATCH", ""), 0);
  EXPECT_NE(behind.get<ConfigMap>({"n", "c"}), nullptr);
}

TEST_F(ApplyTest, TheServersQuantitiesAreNoChange) {
  const auto with_cpu = [](const char* cpu) {
    return Json{
        {"template", {{"spec", {{"containers", {{{"name", "t"}, {"resources", {{"requests", {{"cpu", cpu}}}}}}}}}}}}};
  };
  applies_ = {job_child(with_cpu("0.5"))};
  ASSERT_TRUE(run());
  Json stored = server_.get(kJobPath);
  stored["spec"] = with_cpu("500m");
  server_.put(kJobPath, stored);
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.count("PATCH", ""), 0);
}

TEST_F(ApplyTest, ADriftedFieldIsAppliedBackWithTheUid) {
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  Json drifted = server_.get(kMapPath);
  drifted["data"] = {{"k", "other"}, {"theirs", "1"}};
  server_.put(kMapPath, drifted);
  fill_cache();
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.get(kMapPath)["data"], (Json{{"k", "v"}, {"theirs", "1"}}));
  const auto calls = server_.calls();
  EXPECT_EQ(Json::parse(calls.back().body)["metadata"]["uid"], server_.get(kMapPath)["metadata"]["uid"]);
}

TEST_F(ApplyTest, AFieldThatWeStopSettingIsRemoved) {
  applies_ = {map_child({{"k", "v"}, {"old", "1"}})};
  ASSERT_TRUE(run());
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.get(kMapPath)["data"], (Json{{"k", "v"}}));
  const int writes = server_.writes();
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.writes(), writes);
}

TEST_F(ApplyTest, AChildThatIsReplacedMeanwhileIsAConflictAndStaysAsItIs) {
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  // Deleted between our read and our write: an apply without UID would bring it back.
  Json applied = applies_[0].object;
  applied["metadata"]["uid"] = server_.get(kMapPath)["metadata"]["uid"];
  server_.remove(kMapPath);
  const auto absent = api_.apply(kConfigMap, applied, "gyre-modelversion");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::kConflict);
  EXPECT_TRUE(server_.get(kMapPath).is_null());
  server_.put(kMapPath, {{"data", {{"theirs", "1"}}}});
  const auto replaced = api_.apply(kConfigMap, applied, "gyre-modelversion");
  ASSERT_FALSE(replaced);
  EXPECT_EQ(replaced.error().code, Code::kConflict);
}

TEST_F(ApplyTest, AChildGoneFromTheServerButNotFromTheCacheIsCreatedAgainWhenItMustChange) {
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  server_.remove(kMapPath);
  applies_ = {map_child({{"k", "w"}})};
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.get(kMapPath)["data"]["k"], "w");
}

TEST_F(ApplyTest, AForeignObjectOfThatNameIsLeftAloneAndSaid) {
  server_.put(kMapPath, {{"data", {{"theirs", "1"}}}});
  live_status_ = server_.get(kOwnerPath)["status"];
  status_ = {{"observedGeneration", 2}, {"phase", "Running"}};
  applies_ = {map_child({{"k", "v"}}), job_child({{"parallelism", 1}})};
  const auto result = run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, "NameTaken");
  EXPECT_EQ(result.error().retry_after_seconds, 15) << "nobody tells us when the name is free";
  EXPECT_THAT(result.error().message, HasSubstr("ConfigMap n/c"));
  EXPECT_EQ(server_.get(kMapPath)["data"], (Json{{"theirs", "1"}}));
  // The rest of the plan was carried out, and the status says what is wrong without claiming to be up to date.
  EXPECT_FALSE(server_.get(kJobPath).is_null());
  EXPECT_EQ(server_.get(kOwnerPath)["status"]["phase"], "Running");
  EXPECT_EQ(server_.get(kOwnerPath)["status"]["observedGeneration"], 1);
  EXPECT_EQ(condition("Stalled")["reason"], "NameTaken");
  EXPECT_EQ(condition("Stalled")["status"], "True");
  EXPECT_EQ(condition("Stalled")["lastTransitionTime"], "2026-11-21T08:00:00Z");
}

TEST_F(ApplyTest, OnceTheNameIsFreeTheConditionGoes) {
  server_.put(kMapPath, {{"data", {{"theirs", "1"}}}});
  status_ = {{"observedGeneration", 2}};
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_FALSE(run());
  server_.remove(kMapPath);
  see();
  ASSERT_TRUE(run());
  EXPECT_EQ(condition("Stalled"), nullptr);
  EXPECT_EQ(server_.get(kOwnerPath)["status"]["observedGeneration"], 2);
}

TEST_F(ApplyTest, AChildThatIsBeingDeletedIsWaitedFor) {
  applies_ = {map_child({{"k", "v"}})};
  Json ours = applies_[0].object;
  ours["metadata"]["finalizers"] = {"x/y"};
  server_.put(kMapPath, ours);
  server_.remove(kMapPath);
  const auto result = run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kConflict);
  EXPECT_EQ(result.error().reason, "BeingDeleted");
  EXPECT_EQ(condition("Stalled"), nullptr);
}

TEST_F(ApplyTest, AServersErrorLetsTheStatusBeWrittenWithoutObservedGeneration) {
  server_.inject({.method = "POST", .part = "configmaps", .status = 500, .body = "{}"});
  status_ = {{"observedGeneration", 2}, {"phase", "Running"}};
  applies_ = {map_child({{"k", "v"}})};
  const auto result = run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kUnavailable);
  EXPECT_EQ(server_.get(kOwnerPath)["status"], (Json{{"observedGeneration", 1}, {"phase", "Running"}}));
}

TEST_F(ApplyTest, ARefusedChildIsStalledWithTheServersReason) {
  server_.inject({.method = "POST",
                  .part = "configmaps",
                  .status = 422,
                  .body = R"({"reason":"Invalid","message":"data: too long"})"});
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_FALSE(run());
  EXPECT_EQ(condition("Stalled")["reason"], "Invalid");
  EXPECT_THAT(condition("Stalled")["message"].get<std::string>(), HasSubstr("data: too long"));
}

TEST_F(ApplyTest, AStatusWriteOnAStaleOwnerIsAConflict) {
  Json changed = server_.get(kOwnerPath);
  changed["metadata"]["labels"] = {{"x", "y"}};
  server_.put(kOwnerPath, changed);
  status_ = {{"observedGeneration", 2}};
  const auto result = run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kConflict);
  EXPECT_EQ(server_.get(kOwnerPath)["status"]["observedGeneration"], 1);
}

TEST_F(ApplyTest, AStatusWriteOnARecreatedOwnerIsAConflict) {
  server_.remove(kOwnerPath);
  server_.put(kOwnerPath, {{"spec", {{"model", "m"}}}});
  owner_.resource_version = server_.get(kOwnerPath)["metadata"]["resourceVersion"];
  status_ = {{"observedGeneration", 2}};
  const auto result = run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kConflict);
  EXPECT_FALSE(server_.get(kOwnerPath).contains("status"));
}

TEST_F(ApplyTest, ATransitionTimeStaysWhileTheStatusStays) {
  const auto ready = [](const char* status, const char* message) {
    return Json{{{"type", "Ready"}, {"status", status}, {"reason", "R"}, {"message", message}}};
  };
  status_ = {{"observedGeneration", 1}, {"conditions", ready("False", "a")}};
  ASSERT_TRUE(run());
  see();
  clock_.advance(std::chrono::minutes(1));
  status_["conditions"] = ready("False", "b");
  ASSERT_TRUE(run());
  EXPECT_EQ(condition("Ready")["message"], "b");
  EXPECT_EQ(condition("Ready")["lastTransitionTime"], "2026-11-21T08:00:00Z");
  see();
  const int writes = server_.writes();
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.writes(), writes);
  status_["conditions"] = ready("True", "b");
  ASSERT_TRUE(run());
  EXPECT_EQ(condition("Ready")["lastTransitionTime"], "2026-11-21T08:01:00Z");
}

TEST_F(ApplyTest, ADeletionMeansTheObjectThatWasSeen) {
  server_.put(kMapPath, Json::object());
  const Json seen = server_.get(kMapPath)["metadata"];
  deletions_ = {{kConfigMap, {"n", "c"}, seen["uid"], seen["resourceVersion"], Propagation::kBackground}};
  server_.remove(kMapPath);
  server_.put(kMapPath, Json::object());
  const auto result = run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kConflict);
  EXPECT_FALSE(server_.get(kMapPath).is_null());
}

TEST_F(ApplyTest, ADeletionOfWhatIsGoneIsSuccess) {
  deletions_ = {{kConfigMap, {"n", "c"}, "u", "1", Propagation::kBackground}};
  EXPECT_TRUE(run());
}

TEST_F(ApplyTest, TheObjectItselfIsDeletedOnlyAfterEverythingElse) {
  delete_self_ = Deletion{kOwner, {"n", "m"}, owner_.uid, owner_.resource_version, Propagation::kBackground};
  applies_ = {map_child({{"k", "v"}})};
  server_.inject({.method = "POST", .status = 500, .body = "{}"});
  ASSERT_FALSE(run());
  EXPECT_FALSE(server_.get(kOwnerPath).is_null());
  ASSERT_TRUE(run());
  EXPECT_TRUE(server_.get(kOwnerPath).is_null());
  EXPECT_FALSE(server_.get(kMapPath).is_null());
}

TEST_F(ApplyTest, ALostAnswerIsReadBackNextTime) {
  server_.inject({.method = "POST", .lose_answer = true});
  applies_ = {map_child({{"k", "v"}})};
  status_ = {{"observedGeneration", 2}};
  ASSERT_FALSE(run());
  const std::string uid = server_.get(kMapPath)["metadata"]["uid"];
  // Nothing more until it is known what came of it.
  EXPECT_EQ(server_.writes(), 1);
  const auto decide_again = run();
  ASSERT_FALSE(decide_again);
  EXPECT_EQ(decide_again.error().code, Code::kConflict);
  EXPECT_EQ(server_.writes(), 1);
  EXPECT_NE(cache_.get<ConfigMap>({"n", "c"}), nullptr);
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.get(kMapPath)["metadata"]["uid"], uid);
  EXPECT_EQ(server_.count("POST", "configmaps"), 1);
}

TEST_F(ApplyTest, NothingIsWrittenWhileALostAnswerCannotBeReadBack) {
  server_.inject({.method = "POST", .lose_answer = true});
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_FALSE(run());
  server_.inject({.method = "GET", .part = "configmaps/c", .times = 2, .status = 503, .body = "{}"});
  for (int i = 0; i < 2; ++i) {
    const auto result = run();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Code::kUnavailable);
  }
  EXPECT_EQ(server_.writes(), 1);
  ASSERT_FALSE(run());
  ASSERT_TRUE(run());
}

TEST_F(ApplyTest, AStatusWhoseAnswerWasLostIsReadBackAndNotWrittenTwice) {
  server_.inject({.method = "PATCH", .part = "/status", .lose_answer = true});
  status_ = {{"observedGeneration", 2}};
  ASSERT_FALSE(run());
  ASSERT_FALSE(run());
  see();
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.count("PATCH", "/status"), 1);
  EXPECT_EQ(server_.get(kOwnerPath)["status"]["observedGeneration"], 2);
}

TEST_F(ApplyTest, WhatWasDeletedIsGoneFromTheCacheAtOnce) {
  server_.put(kMapPath, Json::object());
  fill_cache();
  const Json seen = server_.get(kMapPath)["metadata"];
  deletions_ = {{kConfigMap, {"n", "c"}, seen["uid"], seen["resourceVersion"], Propagation::kBackground}};
  ASSERT_TRUE(run());
  EXPECT_EQ(cache_.get<ConfigMap>({"n", "c"}), nullptr);
}

TEST_F(ApplyTest, WhatAFinalizerKeepsIsSeenToBeDeletedAtOnce) {
  server_.put(kMapPath, {{"metadata", {{"finalizers", {"example.org/hold"}}}}});
  fill_cache();
  const Json seen = server_.get(kMapPath)["metadata"];
  deletions_ = {{kConfigMap, {"n", "c"}, seen["uid"], seen["resourceVersion"], Propagation::kBackground}};
  ASSERT_TRUE(run());
  ASSERT_NE(cache_.get<ConfigMap>({"n", "c"}), nullptr);
  EXPECT_TRUE(cache_.get<ConfigMap>({"n", "c"})->metadata.deletion_timestamp);
}

TEST_F(ApplyTest, ADeletionDoesNotTakeTheNewObjectOfThatNameFromTheCache) {
  server_.put(kMapPath, Json::object());
  const Json old = server_.get(kMapPath)["metadata"];
  deletions_ = {{kConfigMap, {"n", "c"}, old["uid"], "", Propagation::kBackground}};
  server_.remove(kMapPath);
  Json fresh = server_.put(kMapPath, Json::object());
  fill_cache();
  server_.remove(kMapPath);
  ASSERT_TRUE(run());
  ASSERT_NE(cache_.get<ConfigMap>({"n", "c"}), nullptr);
  EXPECT_EQ(cache_.get<ConfigMap>({"n", "c"})->metadata.uid, fresh["metadata"]["uid"]);
}

TEST_F(ApplyTest, WhatWasRefusedForGoodIsNotSentAgainUntilTheOwnerOrTheObjectChanges) {
  server_.inject({.method = "POST",
                  .part = "configmaps",
                  .times = 3,
                  .status = 422,
                  .body = R"({"reason":"Invalid","message":"data: too long"})"});
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_FALSE(run());
  see();
  for (int i = 0; i < 5; ++i) {
    const auto again = run();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Code::kInvalid);
    EXPECT_THAT(again.error().message, HasSubstr("data: too long"));
  }
  EXPECT_EQ(server_.count("POST", "configmaps"), 1);
  ++owner_.generation;
  ASSERT_FALSE(run());
  EXPECT_EQ(server_.count("POST", "configmaps"), 2);
  applies_ = {map_child({{"k", "other"}})};
  ASSERT_FALSE(run());
  EXPECT_EQ(server_.count("POST", "configmaps"), 3);
  clock_.advance(std::chrono::hours(2));
  see();
  owner_.generation = 3;
  ASSERT_TRUE(run());
  EXPECT_FALSE(server_.get(kMapPath).is_null());
}

TEST_F(ApplyTest, AWebhooksDenialIsStalledToo) {
  server_.inject(
      {.method = "POST",
       .part = "configmaps",
       .status = 403,
       .body = R"({"reason":"Forbidden","message":"admission webhook \"p.example\" denied the request: no"})"});
  applies_ = {map_child({{"k", "v"}})};
  const auto result = run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kInvalid);
  EXPECT_THAT(condition("Stalled")["message"].get<std::string>(), HasSubstr("p.example"));
}

TEST_F(ApplyTest, AMissingPermissionIsNamedAndTriedAgain) {
  server_.inject({.method = "POST",
                  .part = "configmaps",
                  .status = 403,
                  .body =
                      R"({"reason":"Forbidden","message":"configmaps is forbidden: User \"system:serviceaccount:s:g\")"
                      R"( cannot create resource \"configmaps\" in API group \"\" in the namespace \"n\""})"});
  applies_ = {map_child({{"k", "v"}})};
  const auto result = run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kForbidden);
  EXPECT_EQ(condition("Stalled")["reason"], "Forbidden");
  const std::string says = condition("Stalled")["message"];
  EXPECT_THAT(says, HasSubstr("create ConfigMap n/c"));
  EXPECT_THAT(says, HasSubstr(R"(cannot create resource "configmaps" in API group "" in the namespace "n")"));
  see();
  ASSERT_TRUE(run());
  EXPECT_EQ(condition("Stalled"), nullptr);
}

TEST_F(ApplyTest, AnObjectThatOutlivesItsMakerIsOursByItsLabel) {
  Child orphan = map_child({{"k", "v"}});
  orphan.object["metadata"].erase("ownerReferences");
  orphan.object["metadata"]["labels"] = {{labels::kManagedBy, labels::kManagedByGyre}};
  applies_ = {orphan};
  ASSERT_TRUE(run());
  applies_[0].object["data"]["k"] = "w";
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.get(kMapPath)["data"]["k"], "w");
}

std::vector<Json> events_in(FakeApiServer& server) {
  std::vector<Json> out;
  for (const auto& call : server.calls())
    if (call.method == "POST" && call.target.find("/events") != std::string::npos)
      out.push_back(Json::parse(call.body));
  return out;
}

TEST_F(ApplyTest, AnEventIsWrittenOnceInTenMinutes) {
  events_ = {{EventType::kWarning, "AttemptFailed", "Train", "it failed"}};
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  ASSERT_EQ(events_in(server_).size(), 1u);
  const Json event = events_in(server_)[0];
  EXPECT_EQ(event["type"], "Warning");
  EXPECT_EQ(event["reason"], "AttemptFailed");
  EXPECT_EQ(event["regarding"]["uid"], owner_.uid);
  EXPECT_EQ(event["reportingInstance"], "pod-1");
  events_[0].note = "it failed again";
  ASSERT_TRUE(run());
  EXPECT_EQ(events_in(server_).size(), 2u);
  clock_.advance(std::chrono::minutes(10));
  ASSERT_TRUE(run());
  EXPECT_EQ(events_in(server_).size(), 3u);
  EXPECT_EQ(metrics_.value(kEventsTotal, event_labels("ModelVersion", EventType::kWarning, "AttemptFailed")), 3);
}

TEST_F(ApplyTest, WhatIsRefusedAsAChangeMayBeTakenAsANewObject) {
  applies_ = {map_child({{"k", "v"}})};
  ASSERT_TRUE(run());
  applies_ = {map_child({{"k", "w"}})};
  server_.inject({.method = "PATCH", .part = "configmaps", .status = 422, .body = R"({"reason":"Invalid"})"});
  EXPECT_FALSE(run());
  // A person deletes what cannot be changed.
  const std::string uid = server_.get(kMapPath)["metadata"]["uid"];
  server_.remove(kMapPath);
  cache_.forget(kConfigMap, {"n", "c"}, uid);
  ASSERT_TRUE(run());
  EXPECT_EQ(server_.get(kMapPath)["data"]["k"], "w");
}

TEST_F(ApplyTest, WhatIsRefusedForGoodDoesNotHideWhatIsToBeTriedAgain) {
  applies_ = {map_child({{"k", "v"}}), job_child({{"suspend", true}})};
  server_.inject({.method = "POST", .part = "configmaps", .status = 422, .body = R"({"reason":"Invalid"})"});
  server_.inject({.method = "POST", .part = "jobs", .status = 503, .body = "{}"});
  const auto first = run();
  ASSERT_FALSE(first);
  EXPECT_EQ(fate_of(first.error()), Fate::kRetry);
  EXPECT_EQ(condition("Stalled")["status"], "True");
}

TEST_F(ApplyTest, WhatTakesAPersonDoesNotDelayWhatPassesByItself) {
  applies_ = {map_child({{"k", "v"}}), job_child({{"suspend", true}})};
  server_.inject({.method = "POST", .part = "configmaps", .status = 403, .body = R"({"reason":"Forbidden"})"});
  server_.inject({.method = "POST", .part = "jobs", .status = 503, .body = "{}"});
  const auto first = run();
  ASSERT_FALSE(first);
  EXPECT_EQ(fate_of(first.error()), Fate::kRetry);
  EXPECT_EQ(condition("Stalled")["reason"], "Forbidden");
}

TEST_F(ApplyTest, ANameThatIsTakenIsLookedAtSoonerThanAPermissionIsMissed) {
  applies_ = {job_child({{"suspend", true}}), map_child({{"k", "v"}})};
  server_.inject({.method = "POST", .part = "jobs", .status = 403, .body = R"({"reason":"Forbidden"})"});
  server_.put(kMapPath, {{"data", {{"k", "theirs"}}}});
  const auto first = run();
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().reason, "NameTaken");
}

TEST_F(ApplyTest, WhatAServerAskedForIsToldWithAnothersErrorToo) {
  applies_ = {map_child({{"k", "v"}}), job_child({{"suspend", true}})};
  server_.inject({.method = "POST", .part = "configmaps", .status = 500, .body = "{}"});
  server_.inject({.method = "POST",
                  .part = "jobs",
                  .status = 429,
                  .body = R"({"reason":"TooManyRequests","details":{"retryAfterSeconds":30}})"});
  const auto first = run();
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, Code::kUnavailable);
  EXPECT_EQ(first.error().retry_after_seconds, 30);
}

TEST_F(ApplyTest, AMissingPermissionToLookIsToldOnTheOwner) {
  const auto told = applier_.tell(plan(), {Code::kForbidden, "Forbidden", "configmaps is forbidden", {}});
  ASSERT_FALSE(told);
  EXPECT_EQ(fate_of(told.error()), Fate::kSlowly);
  EXPECT_EQ(condition("Stalled")["message"], "configmaps is forbidden");
}

TEST_F(ApplyTest, WhatPassesByItselfIsNotToldOnTheOwner) {
  EXPECT_FALSE(applier_.tell(plan(), {Code::kUnavailable, "Http503", "busy", {}}));
  EXPECT_EQ(server_.writes(), 0);
}

TEST_F(ApplyTest, TheFirstStatusHasAllThatIsRequiredOfOne) {
  ModelVersion version;
  version.metadata = owner_;
  Plan<ModelVersionStatus> plan;
  plan.status.observed_generation = 1;
  ASSERT_TRUE(apply(applier_, version, plan));
  EXPECT_EQ(server_.get(kOwnerPath)["status"]["phase"], "Pending");
}

TEST_F(ApplyTest, AnEventThatCannotBeWrittenFailsNothing) {
  server_.inject({.method = "POST", .part = "events", .status = 403, .body = "{}"});
  events_ = {{EventType::kNormal, "Started", "", "go"}};
  EXPECT_TRUE(run());
}

TEST_F(ApplyTest, ALongNoteIsCutBetweenCharacters) {
  std::string note;
  for (int i = 0; i < 600; ++i) note += "ü";
  events_ = {{EventType::kNormal, "Started", "", note}};
  ASSERT_TRUE(run());
  const std::string written = events_in(server_)[0]["note"];
  EXPECT_LE(written.size(), 1024u);
  EXPECT_EQ(written.substr(written.size() - 5), "ü...");
}

}  // namespace
}  // namespace gyre::runtime
