#include "operator/collector/bucket_cadence.h"

#include <gtest/gtest.h>

#include "crds/v1alpha1/drift_monitor.h"
#include "operator/runtime/object.h"
#include "tests/support/raw_object.h"

namespace gyre::collector {
namespace {

class Cadence : public testing::Test {
 protected:
  void see(const std::string& name, const std::string& service, const std::string& bucket, bool is_ending = false) {
    nlohmann::json metadata = {
        {"namespace", "ml"}, {"name", name}, {"uid", "u-" + name}, {"resourceVersion", next_version()}};
    if (is_ending) metadata["deletionTimestamp"] = "2026-03-01T00:00:00Z";
    const nlohmann::json spec = {{"targetRef", {{"name", service}}}, {"window", {{"bucket", bucket}}}};
    ASSERT_TRUE(store_.upsert(support::raw_object({{"metadata", metadata}, {"spec", spec}})));
  }
  std::string next_version() { return std::to_string(++version_); }

  int version_ = 0;
  runtime::ObjectStore store_{runtime::object_type<DriftMonitor>()};
  BucketCadence cadence_{store_};
};

TEST_F(Cadence, DividesEveryMonitorsBuckets) {
  see("a", "churn", "10s");
  see("b", "churn", "15s");
  see("c", "fraud", "7s");
  EXPECT_EQ(cadence_.seconds({"ml", "churn"}), 5);
  EXPECT_EQ(cadence_.seconds({"ml", "fraud"}), 7);
}

TEST_F(Cadence, NobodyMonitorsAServiceOfAnotherNamespace) {
  see("a", "churn", "10s");
  EXPECT_EQ(cadence_.seconds({"other", "churn"}), 0);
}

TEST_F(Cadence, FollowsAMonitorThatChangesItsMind) {
  see("a", "churn", "10s");
  see("a", "churn", "1m");
  EXPECT_EQ(cadence_.seconds({"ml", "churn"}), 60);
}

TEST_F(Cadence, AMonitorThatEndsWishesNothing) {
  see("a", "churn", "10s");
  see("b", "churn", "1m");
  see("a", "churn", "10s", /*is_ending=*/true);
  EXPECT_EQ(cadence_.seconds({"ml", "churn"}), 60);
  store_.erase({"ml", "b"}, next_version());
  EXPECT_EQ(cadence_.seconds({"ml", "churn"}), 0);
}

TEST_F(Cadence, AMonitorOfTheSameNameMayWatchAnotherService) {
  see("a", "churn", "10s");
  see("a", "fraud", "30s");
  EXPECT_EQ(cadence_.seconds({"ml", "churn"}), 0);
  EXPECT_EQ(cadence_.seconds({"ml", "fraud"}), 30);
}

}  // namespace
}  // namespace gyre::collector
