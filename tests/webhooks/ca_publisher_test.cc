#include "webhooks/ca_publisher.h"

#include <gtest/gtest.h>

#include "crds/builtin/config_map.h"
#include "crds/v1alpha1/training_job.h"
#include "tests/support/fake_api_server.h"
#include "tests/support/raw_object.h"
#include "tests/webhooks/api_server.h"

namespace gyre::webhooks {
namespace {

using nlohmann::json;

constexpr char kConfigMap[] = "/api/v1/namespaces/demo/configmaps/gyre-ca";

template <class Server = ApiServer>
struct World {
  World() {
    const json job = {{"apiVersion", "gyre.dev/v1alpha1"},
                      {"kind", "TrainingJob"},
                      {"metadata", {{"name", "x"}, {"namespace", "demo"}, {"uid", "1"}, {"resourceVersion", "1"}}},
                      {"spec", {{"template", json::object()}}}};
    cache.declare<TrainingJob>().upsert(support::raw_object(job)).value();
  }

  Server server;
  kube::Client client{server.config()};
  runtime::ClientApi api{client};
  runtime::Cache cache;
  CaPublisher publisher{cache, api};
};

TEST(CaPublisher, WritesNothingBeforeThereIsACa) {
  World world;
  EXPECT_EQ(world.publisher.publish_everywhere(), std::nullopt);
  EXPECT_EQ(world.server.writes(), 0);
}

TEST(CaPublisher, CreatesTheConfigMapOnceWhereOurObjectsAre) {
  World world;
  world.publisher.publish("CA");
  EXPECT_EQ(world.publisher.publish_everywhere(), std::nullopt);
  EXPECT_EQ(world.publisher.publish_everywhere(), std::nullopt);
  EXPECT_EQ(world.server.writes(), 1);
  const json made = world.server.get(kConfigMap);
  EXPECT_EQ(made["data"], (json{{"ca.crt", "CA"}}));
  EXPECT_EQ(made["metadata"]["labels"]["app.kubernetes.io/managed-by"], "gyre");
}

TEST(CaPublisher, FollowsANewBundle) {
  World world;
  world.publisher.publish("CA");
  world.publisher.publish_everywhere();
  world.publisher.publish("CA2");
  EXPECT_EQ(world.publisher.publish_everywhere(), std::nullopt);
  EXPECT_EQ(world.server.get(kConfigMap)["data"]["ca.crt"], "CA2");
}

TEST(CaPublisher, FindsOneThatTheCacheDoesNotShow) {
  World world;
  world.server.put(kConfigMap,
                   {{"metadata", {{"name", "gyre-ca"}, {"namespace", "demo"}}}, {"data", {{"ca.crt", "CA"}}}});
  world.publisher.publish("CA");
  EXPECT_EQ(world.publisher.publish_everywhere(), std::nullopt);
  EXPECT_EQ(world.server.writes(), 0);
}

TEST(CaPublisher, LeavesSomebodyElsesConfigMapAlone) {
  World world;
  const json theirs = {{"metadata", {{"name", "gyre-ca"}, {"namespace", "demo"}}}, {"data", {{"ca.crt", "theirs"}}}};
  world.server.put(kConfigMap, theirs);
  world.publisher.publish("CA");
  EXPECT_GE(world.publisher.publish_everywhere(), std::chrono::minutes(1));
  EXPECT_EQ(world.server.get(kConfigMap)["data"], theirs["data"]);
  EXPECT_EQ(world.server.writes(), 0);
}

TEST(CaPublisher, TakesBackOneOfOursThatLostItsLabel) {
  World world;
  world.server.put(kConfigMap, {{"metadata",
                                 {{"name", "gyre-ca"},
                                  {"namespace", "demo"},
                                  {"managedFields", {{{"manager", "gyre-ca"}, {"operation", "Update"}}}}}},
                                {"data", {{"ca.crt", "old"}}}});
  world.publisher.publish("CA");
  EXPECT_EQ(world.publisher.publish_everywhere(), std::nullopt);
  EXPECT_EQ(world.server.get(kConfigMap)["data"]["ca.crt"], "CA");
  EXPECT_EQ(world.server.get(kConfigMap)["metadata"]["labels"]["app.kubernetes.io/managed-by"], "gyre");
}

TEST(CaPublisher, AsksAgainSoonWhereItMayPassAndLaterWhereItTakesAPerson) {
  World<support::FakeApiServer> world;
  world.publisher.publish("CA");
  const auto retry_after = [&](int status, const char* body) {
    world.server.inject({.method = "POST", .part = "configmaps", .status = status, .body = body});
    return world.publisher.publish_everywhere();
  };
  EXPECT_EQ(retry_after(503, "{}"), std::chrono::seconds(5));
  EXPECT_EQ(retry_after(403, R"({"reason":"Forbidden","message":"cannot create resource"})"), std::chrono::minutes(1));
  EXPECT_EQ(retry_after(422, R"({"reason":"Invalid"})"), std::chrono::minutes(1));
  EXPECT_EQ(retry_after(403, R"({"reason":"Forbidden","details":{"causes":[{"reason":"NamespaceTerminating"}]}})"),
            std::nullopt)
      << "its last object's deletion wakes us";
}

}  // namespace
}  // namespace gyre::webhooks
