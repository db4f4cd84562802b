#include "controllers/inference_service/reconciler.h"

#include <gtest/gtest.h>

#include "operator/collector/agent_fleet.h"
#include "tests/controllers/inference_service/world.h"
#include "tests/support/raw_object.h"

namespace gyre::inference_service {
namespace {

const Key kDigits{"ml", "digits"};

// A reconciler before its manager leads, so that it writes nothing, with a cache that the test fills.
class RoutesTest : public testing::Test {
 protected:
  RoutesTest() {
    add_to(manager_, fleet_, {}, 1);  // Declares what is watched.
    fleet_.open();
  }

  static InferenceService served(std::string uid, std::int64_t routes_generation) {
    InferenceService service = inference_service();
    service.metadata.uid = std::move(uid);
    service.status.stable = RevisionStatus{"12345678", "digits-1"};
    service.status.routes_generation = routes_generation;
    return service;
  }
  void see(InferenceService service) {
    service.metadata.resource_version = std::to_string(++version_);
    ASSERT_TRUE(services().upsert(support::raw_object(schema::to_json(service))));
    (void)reconciler_.reconcile(kDigits);
  }
  void see_it_go() {
    services().erase(kDigits, std::to_string(++version_));
    (void)reconciler_.reconcile(kDigits);
  }
  // What an agent that has no routes yet is told.
  std::optional<wire::Routes> told() {
    return fleet_
        .sync({"ml", "default", "pod", "uid"}, {.service = "digits", .revision = "12345678", .wait_milliseconds = 0})
        .routes;
  }

 private:
  static kube::Config nowhere() {
    kube::Config config;
    config.server = "http://127.0.0.1:9";
    return config;
  }
  runtime::ObjectStore& services() { return manager_.cache().declare<InferenceService>(); }

  const SystemClock clock_;
  collector::AgentFleet fleet_{clock_, [](const Key&) {}, [](const Key&) { return 0; }};
  runtime::Manager manager_{nowhere(), {}};
  InferenceServiceReconciler reconciler_{manager_, fleet_, {}};
  int version_ = 0;
};

TEST_F(RoutesTest, AreForgottenWithTheirService) {
  see(served("uid-1", 7));
  ASSERT_TRUE(told());
  EXPECT_EQ(told()->generation, 7);
  see_it_go();
  EXPECT_FALSE(told());
}

TEST_F(RoutesTest, AreNotThoseOfAServiceThatHadTheName) {
  see(served("uid-1", 7));
  InferenceService next = inference_service();
  next.metadata.uid = "uid-2";
  see(next);
  EXPECT_FALSE(told()) << "it serves nothing yet";
  see(served("uid-2", 1));
  ASSERT_TRUE(told());
  EXPECT_EQ(told()->generation, 1);
}

}  // namespace
}  // namespace gyre::inference_service
