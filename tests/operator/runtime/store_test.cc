#include "operator/runtime/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crds/builtin/config_map.h"
#include "operator/runtime/cache.h"

namespace gyre::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Made {
  std::string name;
  std::string version;
  std::string owner_uid;
  std::map<std::string, std::string> labels;
  std::string namespace_ = "n";
};

Object object(const Made& made) {
  auto value = std::make_shared<ConfigMap>();
  ObjectMeta& meta = value->metadata;
  meta.name = made.name;
  meta.namespace_ = made.namespace_;
  meta.resource_version = made.version;
  meta.labels = made.labels;
  if (!made.owner_uid.empty()) meta.owner_references = {{"v1", "ConfigMap", "o", made.owner_uid, true, {}}};
  return {value, &value->metadata};
}

std::vector<std::string> names(const std::vector<Object>& objects) {
  std::vector<std::string> out;
  for (const Object& each : objects) out.push_back(each.meta->name);
  return out;
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    store_.subscribe([this](const Change& change) {
      const auto version = [](const Object& each) { return each ? each.meta->resource_version : "-"; };
      changes_.push_back(version(change.before) + ">" + version(change.after));
    });
  }
  std::string version_of(const std::string& name) const {
    const Object found = store_.get({"n", name});
    return found ? found.meta->resource_version : "-";
  }

  ObjectStore store_;
  std::vector<std::string> changes_;
};

TEST(Versions, AreNumbersOfAnyLength) {
  EXPECT_EQ(compare_versions("9", "10"), VersionOrder::kOlder);
  EXPECT_EQ(compare_versions("10", "9"), VersionOrder::kNewer);
  EXPECT_EQ(compare_versions("010", "10"), VersionOrder::kSame);
  EXPECT_EQ(compare_versions("", "1"), VersionOrder::kOlder);
  EXPECT_EQ(compare_versions("99999999999999999999999", "100000000000000000000000"), VersionOrder::kOlder);
}

TEST_F(StoreTest, ObjectsAreFoundByKeyNamespaceOwnerAndLabel) {
  store_.upsert(object({"b", "1", "u1", {{"gyre.dev/model", "m"}, {"app", "x"}}}));
  store_.upsert(object({"a", "2", "u1", {{"gyre.dev/model", "other"}, {"app", "x"}}}));
  store_.upsert(object({"c", "3", "u2", {{"gyre.dev/model", "m"}}, "elsewhere"}));
  EXPECT_EQ(version_of("b"), "1");
  EXPECT_THAT(names(store_.list("")), ElementsAre("c", "a", "b"));
  EXPECT_THAT(names(store_.list("n")), ElementsAre("a", "b"));
  EXPECT_THAT(names(store_.list("nn")), IsEmpty());
  EXPECT_THAT(names(store_.owned_by("u1")), ElementsAre("a", "b"));
  EXPECT_THAT(names(store_.labelled("", "gyre.dev/model", "m")), ElementsAre("c", "b"));
  EXPECT_THAT(names(store_.labelled("n", "gyre.dev/model", "m")), ElementsAre("b"));
  EXPECT_THAT(names(store_.labelled("n", "app", "x")), ElementsAre("a", "b"));
}

TEST_F(StoreTest, IndexesFollowChangesAndDeletions) {
  store_.upsert(object({"a", "1", "u1", {{"gyre.dev/model", "m"}}}));
  store_.upsert(object({"a", "2", "u2", {{"gyre.dev/model", "k"}}}));
  EXPECT_THAT(names(store_.owned_by("u1")), IsEmpty());
  EXPECT_THAT(names(store_.labelled("", "gyre.dev/model", "m")), IsEmpty());
  EXPECT_THAT(names(store_.owned_by("u2")), ElementsAre("a"));
  store_.erase({"n", "a"}, "3");
  EXPECT_THAT(names(store_.owned_by("u2")), IsEmpty());
  EXPECT_THAT(names(store_.labelled("", "gyre.dev/model", "k")), IsEmpty());
  EXPECT_EQ(store_.size(), 0u);
}

TEST_F(StoreTest, ChangesSayWhatWasAndWhatIs) {
  store_.upsert(object({"a", "1"}));
  store_.upsert(object({"a", "2"}));
  store_.erase({"n", "a"}, "3");
  store_.erase({"n", "a"}, "4");
  EXPECT_THAT(changes_, ElementsAre("->1", "1>2", "2>-"));
}

TEST_F(StoreTest, AnOlderEventOverwritesNothing) {
  store_.upsert(object({"a", "10"}));
  store_.upsert(object({"a", "9"}));
  EXPECT_EQ(version_of("a"), "10");
  EXPECT_THAT(changes_, ElementsAre("->10"));
}

TEST_F(StoreTest, OurOwnWriteIsReadBackAtOnceAndSurvivesOlderEvents) {
  store_.upsert(object({"a", "5"}));
  store_.advance("", "5");
  store_.remember(object({"a", "8"}));
  EXPECT_EQ(version_of("a"), "8");
  // Somebody else's change from before ours arrives late.
  store_.upsert(object({"a", "7"}));
  EXPECT_EQ(version_of("a"), "8");
  EXPECT_THAT(changes_, ElementsAre("->5"));
  // Its own event wakes whoever waits for it.
  store_.upsert(object({"a", "8"}));
  EXPECT_THAT(changes_, ElementsAre("->5", "8>8"));
}

TEST_F(StoreTest, AnAnswerThatTheWatchHasOvertakenIsIgnored) {
  store_.upsert(object({"a", "5"}));
  store_.erase({"n", "a"}, "6");
  store_.advance("", "6");
  // The answer to the write at 5 comes late: the object is gone by now.
  store_.remember(object({"a", "5"}));
  EXPECT_EQ(version_of("a"), "-");
}

TEST_F(StoreTest, ADeletionOlderThanOurNewObjectOfThatNameIsIgnored) {
  store_.upsert(object({"a", "5"}));
  store_.advance("", "5");
  store_.remember(object({"a", "9"}));
  store_.erase({"n", "a"}, "7");
  EXPECT_EQ(version_of("a"), "9");
}

TEST_F(StoreTest, AListDeletesWhatIsNotInItButNotWhatWeWroteSince) {
  store_.upsert(object({"gone", "5"}));
  store_.upsert(object({"kept", "6"}));
  store_.advance("", "6");
  store_.remember(object({"ours", "12"}));
  ObjectStore::Snapshot fresh;
  fresh[{"n", "kept"}] = object({"kept", "6"});
  fresh[{"n", "new"}] = object({"new", "9"});
  changes_.clear();
  store_.replace("", fresh, "10");
  EXPECT_THAT(names(store_.list("")), ElementsAre("kept", "new", "ours"));
  EXPECT_THAT(changes_, ElementsAre("5>-", "6>6", "->9"));
}

TEST_F(StoreTest, AListOfOneNamespaceLeavesTheOthersAlone) {
  store_.upsert(object({"x", "1", "", {}, "m"}));
  store_.upsert(object({"y", "2"}));
  store_.replace("n", {}, "10");
  EXPECT_THAT(names(store_.list("")), ElementsAre("x"));
}

TEST_F(StoreTest, WithNamespacesEveryScopeHasItsOwnVersion) {
  store_.advance("n", "20");
  store_.advance("m", "5");
  store_.remember(object({"late", "10"}));
  store_.remember(object({"fresh", "10", "", {}, "m"}));
  EXPECT_THAT(names(store_.list("")), ElementsAre("fresh"));
}

TEST(CacheTest, RememberingKeepsToTheSelection) {
  Cache cache;
  cache.declare<ConfigMap>({{{"app", "gyre"}}});
  const Kind kind = kind_of(Type<ConfigMap>{});
  cache.remember(kind, {{"metadata", {{"name", "a"}, {"namespace", "n"}, {"resourceVersion", "1"}}}});
  cache.remember(
      kind,
      {{"metadata", {{"name", "b"}, {"namespace", "n"}, {"resourceVersion", "1"}, {"labels", {{"app", "gyre"}}}}}});
  EXPECT_EQ(cache.get<ConfigMap>({"n", "a"}), nullptr);
  EXPECT_NE(cache.get<ConfigMap>({"n", "b"}), nullptr);
}

TEST(CacheTest, TheFirstSelectionOfAKindStands) {
  Cache cache;
  cache.declare<ConfigMap>({{{"app", "gyre"}}});
  cache.declare<ConfigMap>();
  EXPECT_EQ(cache.entries().begin()->second->selection, (Selection{{{"app", "gyre"}}}));
}

}  // namespace
}  // namespace gyre::runtime
