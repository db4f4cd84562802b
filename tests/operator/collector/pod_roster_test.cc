#include "operator/collector/pod_roster.h"

#include <gtest/gtest.h>

#include "crds/builtin/pod.h"
#include "operator/runtime/cache.h"
#include "tests/support/raw_object.h"

namespace gyre::collector {
namespace {

class Roster : public testing::Test {
 protected:
  void see(const std::string& uid, const std::string& version, const nlohmann::json& labels) {
    const nlohmann::json metadata = {
        {"namespace", "ml"}, {"name", "pod"}, {"uid", uid}, {"resourceVersion", version}, {"labels", labels}};
    ASSERT_TRUE(store_.upsert(support::raw_object({{"metadata", metadata}})));
  }
  static Identity caller(const std::string& uid) { return {"ml", "default", "pod", uid}; }

  runtime::ObjectStore store_{runtime::object_type<Pod>()};
  PodRoster roster_{store_};
};

TEST_F(Roster, APodSpeaksForTheServiceOfItsLabelAlone) {
  see("u1", "1", {{"gyre.dev/service", "churn"}});
  EXPECT_TRUE(roster_.is_alive(caller("u1")));
  EXPECT_TRUE(roster_.speaks_for(caller("u1"), "churn"));
  EXPECT_FALSE(roster_.speaks_for(caller("u1"), "fraud"));
  see("u1", "2", {{"gyre.dev/service", "fraud"}});
  EXPECT_TRUE(roster_.speaks_for(caller("u1"), "fraud"));
}

TEST_F(Roster, APodThatServesNothingSpeaksForNoService) {
  see("u1", "1", nlohmann::json::object());
  EXPECT_TRUE(roster_.is_alive(caller("u1")));
  EXPECT_FALSE(roster_.speaks_for(caller("u1"), ""));
}

TEST_F(Roster, APodThatTheWatchDoesNotHaveIsBelievedAndNotTakenForAlive) {
  EXPECT_TRUE(roster_.speaks_for(caller("u1"), "churn"));
  EXPECT_FALSE(roster_.is_alive(caller("u1")));
}

TEST_F(Roster, APodThatIsGoneOrAnotherOfItsNameIsNotAlive) {
  see("u1", "1", {{"gyre.dev/service", "churn"}});
  see("u2", "2", {{"gyre.dev/service", "churn"}});
  EXPECT_FALSE(roster_.is_alive(caller("u1")));
  EXPECT_TRUE(roster_.is_alive(caller("u2")));
  store_.erase({"ml", "pod"}, "3");
  EXPECT_FALSE(roster_.is_alive(caller("u2")));
}

}  // namespace
}  // namespace gyre::collector
