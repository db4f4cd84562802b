#include "operator/runtime/store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "crds/builtin/config_map.h"
#include "operator/runtime/cache.h"
#include "tests/support/eventually.h"
#include "tests/support/raw_object.h"

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

kube::RawObject object(const Made& made) {
  nlohmann::json metadata = {
      {"name", made.name}, {"namespace", made.namespace_}, {"resourceVersion", made.version}, {"labels", made.labels}};
  if (!made.owner_uid.empty())
    metadata["ownerReferences"] = {
        {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "o"}, {"uid", made.owner_uid}, {"controller", true}}};
  return support::raw_object({{"metadata", metadata}});
}

std::vector<std::string> names(const std::vector<Object>& objects) {
  std::vector<std::string> out;
  for (const Object& each : objects) out.push_back(each.meta->name);
  return out;
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    store_.index_label("gyre.dev/model");
    store_.subscribe([this](const Change& change) {
      const auto version = [](const Object& each) { return each ? each.meta->resource_version : "-"; };
      changes_.push_back(version(change.before()) + ">" + version(change.after()));
      EXPECT_EQ(version(change.outline_before()), version(change.before()));
      EXPECT_EQ(version(change.outline_after()), version(change.after()));
    });
  }
  std::string version_of(const std::string& name) const {
    const Object found = store_.get({"n", name});
    return found ? found.meta->resource_version : "-";
  }

  void keep(kube::RawObject raw) { ASSERT_TRUE(store_.upsert(std::move(raw))); }
  void remember(kube::RawObject raw) { ASSERT_TRUE(store_.remember(std::move(raw))); }

  ObjectStore store_{object_type<ConfigMap>()};
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
  keep(object({"b", "1", "u1", {{"gyre.dev/model", "m"}, {"app", "x"}}}));
  keep(object({"a", "2", "u1", {{"gyre.dev/model", "other"}, {"app", "x"}}}));
  keep(object({"c", "3", "u2", {{"gyre.dev/model", "m"}}, "elsewhere"}));
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
  keep(object({"a", "1", "u1", {{"gyre.dev/model", "m"}}}));
  keep(object({"a", "2", "u2", {{"gyre.dev/model", "k"}}}));
  EXPECT_THAT(names(store_.owned_by("u1")), IsEmpty());
  EXPECT_THAT(names(store_.labelled("", "gyre.dev/model", "m")), IsEmpty());
  EXPECT_THAT(names(store_.owned_by("u2")), ElementsAre("a"));
  store_.erase({"n", "a"}, "3");
  EXPECT_THAT(names(store_.owned_by("u2")), IsEmpty());
  EXPECT_THAT(names(store_.labelled("", "gyre.dev/model", "k")), IsEmpty());
  EXPECT_EQ(store_.size(), 0u);
}

TEST_F(StoreTest, ChangesSayWhatWasAndWhatIs) {
  keep(object({"a", "1"}));
  keep(object({"a", "2"}));
  store_.erase({"n", "a"}, "3");
  store_.erase({"n", "a"}, "4");
  EXPECT_THAT(changes_, ElementsAre("->1", "1>2", "2>-"));
}

TEST_F(StoreTest, AnOlderEventOverwritesNothing) {
  keep(object({"a", "10"}));
  keep(object({"a", "9"}));
  EXPECT_EQ(version_of("a"), "10");
  EXPECT_THAT(changes_, ElementsAre("->10"));
}

TEST_F(StoreTest, OurOwnWriteIsReadBackAtOnceAndSurvivesOlderEvents) {
  keep(object({"a", "5"}));
  store_.advance("", "5");
  remember(object({"a", "8"}));
  EXPECT_EQ(version_of("a"), "8");
  // Somebody else's change from before ours arrives late.
  keep(object({"a", "7"}));
  EXPECT_EQ(version_of("a"), "8");
  EXPECT_THAT(changes_, ElementsAre("->5"));
  // Its own event wakes whoever waits for it.
  keep(object({"a", "8"}));
  EXPECT_THAT(changes_, ElementsAre("->5", "5>8"));
}

TEST_F(StoreTest, TheEchoOfOurOwnWriteNeedsNoText) {
  remember(object({"a", "5"}));
  EXPECT_TRUE(store_.has({"n", "a"}, "5"));
  EXPECT_FALSE(store_.has({"n", "a"}, "6"));
  EXPECT_FALSE(store_.has({"n", "b"}, "5"));
  keep({.key = {"n", "a"}, .version = "5"});
  EXPECT_THAT(changes_, ElementsAre("->5"));
  EXPECT_EQ(version_of("a"), "5");
}

TEST_F(StoreTest, AnEchoThatANewerWriteOfOursHasOvertakenIsNoNews) {
  remember(object({"a", "5"}));
  remember(object({"a", "8"}));
  keep({.key = {"n", "a"}, .version = "5"});
  ObjectStore::Snapshot fresh;
  ASSERT_TRUE(store_.stage(fresh, {.key = {"n", "a"}, .version = "5"}));
  store_.replace("", std::move(fresh), "6");
  EXPECT_EQ(version_of("a"), "8");
  keep(object({"a", "8"}));
  EXPECT_THAT(changes_, ElementsAre("->8"));
}

TEST_F(StoreTest, AnEchoOfWhatWeHaveDeletedSinceIsNoNews) {
  keep({.key = {"n", "a"}, .version = "5"});
  ObjectStore::Snapshot fresh;
  ASSERT_TRUE(store_.stage(fresh, {.key = {"n", "a"}, .version = "5"}));
  store_.replace("", std::move(fresh), "6");
  EXPECT_EQ(version_of("a"), "-");
  EXPECT_THAT(changes_, IsEmpty());
}

TEST_F(StoreTest, WhatWeMadeIsNewToHandlersWhenTheWatchTellsOfIt) {
  remember(object({"a", "5"}));
  remember(object({"b", "6"}));
  remember(object({"b", "7"}));
  EXPECT_THAT(changes_, ElementsAre());
  keep(object({"a", "5"}));
  keep(object({"b", "6"}));
  keep(object({"b", "7"}));
  keep(object({"b", "8"}));
  EXPECT_THAT(changes_, ElementsAre("->5", "->7", "7>8"));
}

TEST_F(StoreTest, WhatWeMadeIsNewToHandlersWhenAListTellsOfIt) {
  remember(object({"a", "5"}));
  ObjectStore::Snapshot fresh;
  ASSERT_TRUE(store_.stage(fresh, object({"a", "5"})));
  store_.replace("", std::move(fresh), "5");
  EXPECT_THAT(changes_, ElementsAre("->5"));
}

TEST_F(StoreTest, AnAnswerThatTheWatchHasOvertakenIsIgnored) {
  keep(object({"a", "5"}));
  store_.erase({"n", "a"}, "6");
  store_.advance("", "6");
  // The answer to the write at 5 comes late: the object is gone by now.
  remember(object({"a", "5"}));
  EXPECT_EQ(version_of("a"), "-");
}

TEST_F(StoreTest, ADeletionOlderThanOurNewObjectOfThatNameIsIgnored) {
  keep(object({"a", "5"}));
  store_.advance("", "5");
  remember(object({"a", "9"}));
  store_.erase({"n", "a"}, "7");
  EXPECT_EQ(version_of("a"), "9");
}

TEST_F(StoreTest, AListDeletesWhatIsNotInItButNotWhatWeWroteSince) {
  keep(object({"gone", "5"}));
  keep(object({"kept", "6"}));
  store_.advance("", "6");
  remember(object({"ours", "12"}));
  ObjectStore::Snapshot fresh;
  ASSERT_TRUE(store_.stage(fresh, object({"kept", "6"})));
  ASSERT_TRUE(store_.stage(fresh, object({"new", "9"})));
  EXPECT_EQ((fresh[{"n", "kept"}]), (store_.record({"n", "kept"})));
  changes_.clear();
  store_.replace("", fresh, "10");
  EXPECT_THAT(names(store_.list("")), ElementsAre("kept", "new", "ours"));
  EXPECT_THAT(changes_, ElementsAre("5>-", "->9"));
}

TEST(StoreOrder, ADeletionOfOursIsNotToldBeforeAnEarlierChange) {
  ObjectStore store{object_type<ConfigMap>()};
  std::atomic<bool> changing = false;
  std::vector<std::string> told;
  store.subscribe([&](const Change& change) {
    if (!change.is_new() && !change.is_deleted()) {
      changing = true;
      // Room for the other thread to go before, if it could.
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    told.push_back(change.is_deleted() ? "deleted" : change.is_new() ? "new" : "changed");
  });
  ASSERT_TRUE(store.upsert(object({"a", "1"})));
  std::jthread watch([&] { EXPECT_TRUE(store.upsert(object({"a", "2"}))); });
  ASSERT_TRUE(support::eventually([&] { return changing.load(); }));
  store.erase({"n", "a"}, "2");
  watch.join();
  EXPECT_THAT(told, ElementsAre("new", "changed", "deleted"));
}

TEST_F(StoreTest, WhatCannotBeReadChangesNothing) {
  keep(object({"a", "1"}));
  auto bad =
      support::raw_object({{"metadata", {{"namespace", "n"}, {"name", "a"}, {"resourceVersion", "2"}}}, {"data", 7}});
  EXPECT_FALSE(store_.upsert(std::move(bad)));
  EXPECT_EQ(version_of("a"), "1");
}

TEST_F(StoreTest, WhatAnObjectCarriesStaysWhileOnlyItsStatusChanges) {
  const auto map = [](const char* version, const char* value, int ready) {
    return support::raw_object({{"metadata", {{"namespace", "n"}, {"name", "a"}, {"resourceVersion", version}}},
                                {"data", {{"k", value}}},
                                {"status", {{"ready", ready}}}});
  };
  const auto carried = [this] { return store_.record({"n", "a"})->carries.load(); };
  keep(map("1", "v", 0));
  store_.record({"n", "a"})->carries = 7;
  keep(map("2", "v", 1));
  EXPECT_EQ(carried(), 7u);
  keep(map("3", "w", 1));
  EXPECT_EQ(carried(), 0u);
}

TEST(FieldIndex, FindsWhatAListWouldAndFollowsChanges) {
  const Field<ConfigMap> colours{"colours", [](const ConfigMap& map) {
                                   std::vector<std::string> out;
                                   for (const auto& [name, value] : map.data) out.push_back(value);
                                   return out;
                                 }};
  Cache plain, indexed;
  plain.declare<ConfigMap>();
  indexed.declare<ConfigMap>().index(colours);
  for (Cache* cache : {&plain, &indexed}) {
    const auto put = [cache](const char* name, const char* version, nlohmann::json data) {
      const nlohmann::json metadata = {{"namespace", "n"}, {"name", name}, {"resourceVersion", version}};
      ASSERT_TRUE(
          cache->declare<ConfigMap>().upsert(support::raw_object({{"metadata", metadata}, {"data", std::move(data)}})));
    };
    const auto found = [&](const char* colour) {
      std::vector<std::string> out;
      for (const auto& map : cache->with(colours, "n", colour)) out.push_back(map->metadata.name);
      return out;
    };
    put("b", "1", {{"x", "red"}, {"y", "blue"}});
    put("a", "2", {{"x", "red"}});
    EXPECT_THAT(found("red"), ElementsAre("a", "b"));
    EXPECT_THAT(found("blue"), ElementsAre("b"));
    put("b", "3", {{"x", "green"}});
    EXPECT_THAT(found("red"), ElementsAre("a"));
    EXPECT_THAT(found("green"), ElementsAre("b"));
    EXPECT_THAT(cache->with(colours, "elsewhere", "red"), IsEmpty());
  }
}

TEST_F(StoreTest, NamespacesAreThoseWithObjects) {
  keep(object({"a", "1"}));
  keep(object({"b", "2"}));
  keep(object({"c", "3", "", {}, "other"}));
  EXPECT_THAT(store_.namespaces(), ElementsAre("n", "other"));
}

TEST_F(StoreTest, ManyObjectsOfOneKindTakeATenthOfTheirText) {
  std::size_t plain = 0;
  for (int i = 0; i < 500; ++i) {
    kube::RawObject raw = object(
        {fmt::format("object-{}", i), std::to_string(i + 1), fmt::format("uid-{}", i), {{"gyre.dev/model", "m"}}});
    nlohmann::json json = nlohmann::json::parse(raw.text);
    for (int k = 0; k < 30; ++k) json["data"][fmt::format("key-{}", k)] = fmt::format("value {} of all", k * 7919);
    raw = support::raw_object(json);
    plain += raw.text.size();
    keep(std::move(raw));
  }
  EXPECT_LT(store_.bytes() * 10, plain);
  const Object one = store_.get({"n", "object-317"});
  ASSERT_TRUE(one);
  EXPECT_EQ(one.as<ConfigMap>()->data.at("key-29"), "value 229651 of all");
  EXPECT_EQ(store_.labelled("n", "gyre.dev/model", "m").size(), 500u);
  EXPECT_THAT(names(store_.owned_by("uid-3")), ElementsAre("object-3"));
  for (int i = 0; i < 500; ++i) store_.erase({"n", fmt::format("object-{}", i)}, "501");
  EXPECT_THAT(names(store_.labelled("n", "gyre.dev/model", "m")), IsEmpty());
  EXPECT_EQ(store_.bytes(), 0u);
}

TEST_F(StoreTest, NamespacesAreThoseThatHoldAnything) {
  keep(object({"x", "1", "", {}, "m"}));
  keep(object({"y", "2"}));
  keep(object({"y", "3"}));
  EXPECT_THAT(store_.namespaces(), ElementsAre("m", "n"));
  store_.erase({"n", "y"}, "4");
  EXPECT_THAT(store_.namespaces(), ElementsAre("m"));
}

TEST_F(StoreTest, AListOfOneNamespaceLeavesTheOthersAlone) {
  keep(object({"x", "1", "", {}, "m"}));
  keep(object({"y", "2"}));
  store_.replace("n", {}, "10");
  EXPECT_THAT(names(store_.list("")), ElementsAre("x"));
}

TEST_F(StoreTest, WithNamespacesEveryScopeHasItsOwnVersion) {
  store_.advance("n", "20");
  store_.advance("m", "5");
  remember(object({"late", "10"}));
  remember(object({"fresh", "10", "", {}, "m"}));
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
  EXPECT_EQ(cache.entries().begin()->second->store.selection(), (Selection{{{"app", "gyre"}}}));
}

}  // namespace
}  // namespace gyre::runtime
