#include "dataplane/agent/profile.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "dataplane/agent/profiler.h"
#include "operator/base/digest.h"
#include "tests/dataplane/agent/world.h"

namespace gyre::agent {
namespace {

using Counts = std::vector<std::int64_t>;

wire::Profile numeric(const std::string& name) { return {name, "numeric", {0, 1, 2}, {}, Counts(8), 0, 0, 0, 0}; }
wire::Profile categorical(const std::string& name) {
  return {name, "categorical", {}, {"a", "3"}, Counts(4), 0, 0, 0, 0};
}

wire::Baseline baseline() {
  wire::Baseline made;
  made.features = {numeric("x"), categorical("c")};
  made.predictions = {numeric("p")};
  return made;
}

TEST(ProfileCounts, PutsEachKindOfValueIntoItsOwnEntry) {
  auto counts = *ProfileCounts::make({numeric("x"), categorical("c")});
  const double infinity = std::numeric_limits<double>::infinity();
  counts.count({{0.5, "a"},
                {1.5, 3.0},
                {-1.0, "new"},
                {9.0, std::monostate{}},
                {std::monostate{}, "a"},
                {"n/a", "a"},
                {-infinity, "a"},
                {infinity, "a"}});
  const auto taken = counts.take();
  EXPECT_EQ(taken[0], (wire::FeatureCounts{"x", Counts{1, 1, 1, 1, 1, 1, 1, 1}}));
  EXPECT_EQ(taken[1], (wire::FeatureCounts{"c", Counts{5, 1, 1, 1}}));
  EXPECT_EQ(counts.take()[0].counts, Counts(8)) << "a take starts from zero";
}

TEST(ProfileCounts, RefusesBinsThatAreNone) {
  wire::Profile bad = numeric("x");
  bad.edges = {1};
  const auto counts = ProfileCounts::make({bad});
  ASSERT_FALSE(counts);
  EXPECT_NE(counts.error().message.find("x"), std::string::npos);
}

TEST(ParseBaseline, HoldsTheFileToItsDigest) {
  const std::string bytes = schema::to_json(baseline()).dump();
  EXPECT_TRUE(parse_baseline(bytes, sha256_digest(bytes)));
  EXPECT_TRUE(parse_baseline(bytes, ""));
  EXPECT_EQ(parse_baseline(bytes, sha256_digest("other")).error().code, Code::kMismatch);
}

wire::Bucket bucket(std::int64_t start) {
  wire::Bucket made;
  made.start = start;
  made.seconds = 10;
  made.rows = 1;
  made.features = {{"x", Counts(8)}};
  return made;
}

TEST(BucketStore, FindsItsBucketsAndNumbersAgain) {
  const Folder folder;
  {
    const auto store = *BucketStore::open(folder / "buckets");
    EXPECT_TRUE(store->add(bucket(10)));
    EXPECT_TRUE(store->add(bucket(20)));
    EXPECT_TRUE(store->add(bucket(30)));
    store->acknowledge({3, 1});
  }
  const auto store = *BucketStore::open(folder / "buckets");
  const auto pending = store->pending(10);
  ASSERT_EQ(pending.size(), 1u);
  EXPECT_EQ(pending[0].start, 20);
  EXPECT_TRUE(store->add(bucket(40)));
  EXPECT_EQ(store->pending(10).back().sequence, 4) << "an acknowledged bucket's number is never used again";
}

TEST(BucketStore, IgnoresATornFile) {
  const Folder folder;
  std::filesystem::create_directories(folder / "buckets");
  write(folder / "buckets/bucket-1.json", "{\"seq");
  EXPECT_EQ((*BucketStore::open(folder / "buckets"))->size(), 0u);
}

class ProfilerTest : public testing::Test {
 protected:
  void offer(const std::string& request) {
    profiler->offer({request, R"({"outputs":[{"name":"p","shape":[1],"datatype":"FP64","data":[1.5]}]})", clock.now()});
  }
  static std::string row(double x) {
    return R"({"inputs":[{"name":"x","shape":[1],"datatype":"FP64","data":[)" + std::to_string(x) + "]}]}";
  }

  Folder folder;
  ManualClock clock{Time{std::chrono::seconds(1'000'003)}};
  Metrics metrics;
  std::unique_ptr<BucketStore> store = *BucketStore::open(folder / "buckets");
  std::unique_ptr<Profiler> profiler =
      *Profiler::make(baseline(), *protocol::make_mapping("v2", ""), *store, metrics, clock);
};

TEST_F(ProfilerTest, ClosesEpochAlignedBuckets) {
  profiler->set_bucket_seconds(10);
  offer(row(0.5));
  offer(row(0.5));
  ASSERT_TRUE(eventually([&] { return metrics.rows == 2; }));
  profiler.reset();
  const auto pending = store->pending(10);
  ASSERT_EQ(pending.size(), 1u);
  EXPECT_EQ(pending[0].start, 1'000'000);
  EXPECT_EQ(pending[0].seconds, 10);
  EXPECT_EQ(pending[0].rows, 2);
  EXPECT_EQ(pending[0].features[0].counts, (Counts{0, 2, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(pending[0].features[1].counts, (Counts{0, 0, 0, 2})) << "a feature that nobody sends is missing";
  EXPECT_EQ(pending[0].predictions[0].counts, (Counts{0, 0, 2, 0, 0, 0, 0, 0}));
}

TEST_F(ProfilerTest, AnExchangeOfTheNextBucketClosesTheOneBefore) {
  profiler->set_bucket_seconds(10);
  for (const std::int64_t start : {1'000'003, 1'000'012, 1'000'031})
    profiler->offer(
        {row(0.5), R"({"outputs":[{"name":"p","shape":[1],"data":[1]}]})", Time{std::chrono::seconds(start)}});
  profiler.reset();
  const auto pending = store->pending(10);
  ASSERT_EQ(pending.size(), 3u);
  EXPECT_EQ(pending[0].start, 1'000'000);
  EXPECT_EQ(pending[1].start, 1'000'010);
  EXPECT_EQ(pending[2].start, 1'000'030);
}

TEST_F(ProfilerTest, CountsNothingWhileNobodyAsks) {
  offer(row(0.5));
  profiler.reset();
  EXPECT_EQ(store->size(), 0u);
  EXPECT_EQ(metrics.rows, 0);
}

TEST_F(ProfilerTest, CountsWhatItCannotRead) {
  profiler->set_bucket_seconds(10);
  offer("not json");
  profiler.reset();
  EXPECT_EQ(metrics.unreadable, 1);
  EXPECT_EQ(store->size(), 0u);
}

TEST_F(ProfilerTest, DropsAndCountsWhatFindsNoRoom) {
  profiler->offer({std::string(Profiler::kMostQueuedBytes + 1, ' '), "", clock.now()});
  EXPECT_EQ(metrics.dropped, 1);
}

}  // namespace
}  // namespace gyre::agent
