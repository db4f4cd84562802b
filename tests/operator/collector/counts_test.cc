#include "operator/collector/counts.h"

#include <gtest/gtest.h>

#include "controllers/common/names.h"
#include "tests/operator/collector/samples.h"

namespace gyre::collector {
namespace {

const Origin kOrigin{"uid-a", "churn-1", kDigest};

wire::WindowCounts window_with(std::initializer_list<wire::Bucket> buckets, const std::string& pod = "uid-a") {
  wire::WindowCounts window = slot_for(monitor(), kOrigin, bucket(1)).empty;
  for (const wire::Bucket& each : buckets) window = add(std::move(window), pod, each).window;
  return window;
}

struct PlacementCase {
  const char* name;
  std::int64_t start;
  std::int64_t seconds;
  Duration later;
  Placement want;
};

class Places : public testing::TestWithParam<PlacementCase> {};

TEST_P(Places, Bucket) {
  const PlacementCase& given = GetParam();
  wire::Bucket one = bucket(1);
  one.start = given.start;
  one.seconds = given.seconds;
  EXPECT_EQ(placement_of(*monitor(), one, kNow + given.later), given.want);
}

INSTANTIATE_TEST_SUITE_P(
    Buckets, Places,
    testing::Values(PlacementCase{"the first of a window fits", kHour, 10, 0s, Placement::kFits},
                    PlacementCase{"the last of a window fits", kHour + 50, 10, 0s, Placement::kFits},
                    PlacementCase{"a late one fits while the window is kept", kHour, 10, 1h, Placement::kFits},
                    PlacementCase{"one across two windows fits neither", kHour + 40, 40, 0s, Placement::kMisaligned},
                    PlacementCase{"one longer than the window does not fit", kHour, 120, 0s, Placement::kMisaligned},
                    PlacementCase{"one past the retention is expired", kHour, 10, 2h, Placement::kExpired}),
    [](const auto& each) {
      std::string name = each.param.name;
      std::ranges::replace(name, ' ', '_');
      return name;
    });

TEST(Slot, HasTheWindowAroundTheBucket) {
  const Slot slot = slot_for(monitor(), kOrigin, bucket(7, 50));
  EXPECT_EQ(slot.empty.start, kHour);
  EXPECT_EQ(slot.empty.seconds, 60);
  EXPECT_EQ(slot.empty.rows, 0);
  EXPECT_EQ(slot.empty.model_version, "churn-1");
}

TEST(Slot, IsAnotherForAnotherMonitorVersionBaselineLengthOrStart) {
  const Key first = slot_for(monitor(), kOrigin, bucket(1)).key;
  EXPECT_EQ(slot_for(monitor(), kOrigin, bucket(2, 50)).key, first);
  EXPECT_NE(slot_for(monitor("other"), kOrigin, bucket(1)).key, first);
  EXPECT_NE(slot_for(monitor(), {"uid-a", "churn-2", kDigest}, bucket(1)).key, first);
  EXPECT_NE(slot_for(monitor(), {"uid-a", "churn-1", "sha256:0"}, bucket(1)).key, first);
  EXPECT_NE(slot_for(monitor("watch", 120s), kOrigin, bucket(1)).key, first);
  EXPECT_NE(slot_for(monitor(), kOrigin, bucket(1, 60)).key, first);
  EXPECT_EQ(slot_for(monitor(), {"uid-b", "churn-1", kDigest}, bucket(1)).key, first) << "pods share a window";
}

TEST(Add, SumsRowsAndBins) {
  const wire::WindowCounts window = window_with({bucket(1), bucket(2, 10)});
  EXPECT_EQ(window.rows, 6);
  EXPECT_EQ(window.features, (std::vector<wire::FeatureCounts>{{"age", {2, 4}}}));
  EXPECT_EQ(window.predictions, (std::vector<wire::FeatureCounts>{{"class", {6, 0}}}));
  EXPECT_EQ(window.agents, (std::vector<wire::AgentProgress>{{"uid-a", 2}}));
}

TEST(Add, CountsABucketOnce) {
  const wire::WindowCounts window = window_with({bucket(1), bucket(2, 10)});
  for (const std::int64_t again : {1, 2}) {
    const Sum sum = add(window, "uid-a", bucket(again));
    EXPECT_EQ(sum.added, Added::kDuplicate);
    EXPECT_EQ(sum.window, window);
  }
}

TEST(Add, CountsEachPodsSequencesApart) {
  const Sum sum = add(window_with({bucket(5)}), "uid-b", bucket(1));
  EXPECT_EQ(sum.added, Added::kAdded);
  EXPECT_EQ(sum.window.rows, 6);
  EXPECT_EQ(sum.window.agents, (std::vector<wire::AgentProgress>{{"uid-a", 5}, {"uid-b", 1}}));
}

TEST(Add, LeavesOtherBinsOut) {
  const wire::WindowCounts window = window_with({bucket(1)});
  wire::Bucket other = bucket(2, 10);
  other.features[0].counts = {1, 1, 1};
  const Sum sum = add(window, "uid-a", other);
  EXPECT_EQ(sum.added, Added::kMismatch);
  EXPECT_EQ(sum.window, window);
}

TEST(Add, TakesAFeatureThatOnlyOneBucketHas) {
  wire::Bucket more = bucket(2, 10);
  more.features.push_back({"plan", {9}});
  EXPECT_EQ(window_with({bucket(1), more}).features,
            (std::vector<wire::FeatureCounts>{{"age", {2, 4}}, {"plan", {9}}}));
}

TEST(Window, BelongsToItsMonitorAndReadsBack) {
  const wire::WindowCounts window = window_with({bucket(1)});
  const ConfigMap map = make_window(*monitor(), "w", window);
  EXPECT_EQ(controller_of(map.metadata)->uid, "uid-of-watch");
  EXPECT_EQ(map.metadata.labels.at(labels::kRole), "window");
  EXPECT_EQ(map.metadata.labels.at(labels::kMonitor), "watch");
  EXPECT_EQ(map.metadata.labels.at(labels::kManagedBy), labels::kManagedByGyre);
  EXPECT_EQ(schema::from_json<wire::WindowCounts>(nlohmann::json::parse(map.data.at(wire::kWindowKey))), window);
}

}  // namespace
}  // namespace gyre::collector
