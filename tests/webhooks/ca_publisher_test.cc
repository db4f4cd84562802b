#include "webhooks/ca_publisher.h"

#include <gtest/gtest.h>

#include "crds/builtin/config_map.h"
#include "crds/v1alpha1/training_job.h"
#include "tests/support/raw_object.h"
#include "tests/webhooks/api_server.h"

namespace gyre::webhooks {
namespace {

using nlohmann::json;

constexpr char kConfigMap[] = "/api/v1/namespaces/demo/configmaps/gyre-ca";

struct World {
  World() {
    const json job = {{"apiVersion", "gyre.dev/v1alpha1"},
                      {"kind", "TrainingJob"},
                      {"metadata", {{"name", "x"}, {"namespace", "demo"}, {"uid", "1"}, {"resourceVersion", "1"}}},
                      {"spec", {{"template", json::object()}}}};
    cache.declare<TrainingJob>().upsert(support::raw_object(job)).value();
  }

  ApiServer server;
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

}  // namespace
}  // namespace gyre::webhooks
