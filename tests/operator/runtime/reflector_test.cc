#include "operator/runtime/reflector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "crds/builtin/config_map.h"
#include "operator/base/stopwatch.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_api_server.h"

namespace gyre::runtime {
namespace {

using Json = nlohmann::json;
using support::eventually;
using support::FakeApiServer;

constexpr Reflector::Timing kQuickTiming{std::chrono::minutes(5), std::chrono::minutes(10), Duration(1), Duration(20),
                                         std::chrono::minutes(2)};

std::string path(const std::string& name) { return "/api/v1/namespaces/n/configmaps/" + name; }

class ReflectorTest : public testing::Test {
 protected:
  void start(const Selection& selection = {}, const std::string& scope = "",
             const Reflector::Timing& timing = kQuickTiming) {
    cache_.declare<ConfigMap>(selection);
    reflector_.emplace(client_, *cache_.entries().begin()->second, scope, clock_, metrics_, timing);
    thread_ = std::jthread([this](std::stop_token stop) { reflector_->run(stop); });
  }
  void start_and_sync() {
    start();
    ASSERT_TRUE(eventually([&] { return reflector_->is_synced(); }));
  }
  void put(const std::string& name, const char* value = "v") { server_.put(path(name), {{"data", {{"k", value}}}}); }
  bool shows(const std::string& name, const char* value = "v") {
    return eventually([&] {
      const auto found = cache_.get<ConfigMap>({"n", name});
      return found && found->data.at("k") == value;
    });
  }
  bool lacks(const std::string& name) {
    return eventually([&] { return cache_.get<ConfigMap>({"n", name}) == nullptr; });
  }
  double relists() const { return metrics_.value("gyre_watch_relists_total", {{"resource", "configmaps"}}); }

  FakeApiServer server_;
  kube::Client client_{server_.config()};
  Cache cache_;
  const SystemClock clock_;
  Metrics metrics_;
  std::optional<Reflector> reflector_;
  std::jthread thread_;
};

TEST_F(ReflectorTest, TheCacheIsFilledInOneRequestAndFollows) {
  put("a");
  start_and_sync();
  EXPECT_NE(cache_.get<ConfigMap>({"n", "a"}), nullptr);
  put("b");
  EXPECT_TRUE(shows("b"));
  put("a", "w");
  EXPECT_TRUE(shows("a", "w"));
  server_.remove(path("a"));
  EXPECT_TRUE(lacks("a"));
  EXPECT_EQ(server_.calls().size(), 1u);
}

TEST_F(ReflectorTest, TheEchoOfOurOwnWriteIsToldOnceAndLosesNothing) {
  std::atomic<int> told = 0;
  cache_.declare<ConfigMap>().subscribe([&](const Change& change) {
    if (change.key().name == "a" && change.is_new() && change.outline_after()) ++told;
  });
  start_and_sync();
  put("a");
  cache_.remember(kind_of(Type<ConfigMap>{}), server_.get(path("a")));
  EXPECT_TRUE(eventually([&] { return told == 1; }));
  EXPECT_TRUE(shows("a"));
  server_.inject({.method = "GET", .part = "resourceVersion=", .status = 410, .body = "{}"});
  server_.close_watches();
  put("b");
  EXPECT_TRUE(shows("b"));
  EXPECT_TRUE(shows("a"));
  EXPECT_EQ(told, 1);
  EXPECT_EQ(relists(), 2);
}

TEST_F(ReflectorTest, WhatIsDeletedWhileTheCacheIsFilledStaysAway) {
  const auto frame = [](const char* type, const char* name, const char* version) {
    return Json{{"type", type},
                {"object",
                 {{"metadata", {{"namespace", "n"}, {"name", name}, {"resourceVersion", version}}},
                  {"data", {{"k", "v"}}}}}}
               .dump() +
           '\n';
  };
  const Json end = {
      {"type", "BOOKMARK"},
      {"object", {{"metadata", {{"resourceVersion", "3"}, {"annotations", {{"k8s.io/initial-events-end", "true"}}}}}}}};
  server_.inject(
      {.method = "GET",
       .part = "sendInitialEvents",
       .status = 200,
       .body = frame("ADDED", "a", "1") + frame("ADDED", "b", "2") + frame("DELETED", "a", "3") + end.dump() + '\n'});
  start_and_sync();
  EXPECT_NE(cache_.get<ConfigMap>({"n", "b"}), nullptr);
  EXPECT_EQ(cache_.get<ConfigMap>({"n", "a"}), nullptr) << "nobody would tell of its end again";
}

TEST_F(ReflectorTest, AServerWithoutWatchListIsListedInPages) {
  server_.refuse_watch_list();
  for (int i = 0; i < 7; ++i) put("m" + std::to_string(i));
  start_and_sync();
  EXPECT_EQ(cache_.list<ConfigMap>("n").size(), 7u);
  put("later");
  EXPECT_TRUE(shows("later"));
  EXPECT_EQ(server_.count("GET", "limit=500"), 1);
}

TEST_F(ReflectorTest, AnOrderlyCloseGoesOnFromTheLastVersionWithoutANewList) {
  put("a");
  start_and_sync();
  put("b");
  ASSERT_TRUE(shows("b"));
  server_.close_watches();
  ASSERT_TRUE(eventually([&] { return server_.calls().size() == 2; }));
  put("c");
  EXPECT_TRUE(shows("c"));
  EXPECT_EQ(relists(), 1);
}

TEST_F(ReflectorTest, ABrokenConnectionMissesNothing) {
  put("a");
  start_and_sync();
  server_.inject({.method = "GET", .part = "watch=true", .times = 3, .status = 503, .body = "{}"});
  server_.cut_watches();
  ASSERT_TRUE(eventually([&] { return server_.open_watches() == 0 || server_.calls().size() > 1; }));
  server_.remove(path("a"));
  put("b");
  EXPECT_TRUE(lacks("a"));
  EXPECT_TRUE(shows("b"));
  EXPECT_EQ(relists(), 1);
}

TEST_F(ReflectorTest, ABookmarkIsWhereItGoesOn) {
  put("a");
  start_and_sync();
  // Nothing that this watch sees, but the version moves on and the past is forgotten.
  server_.put("/api/v1/namespaces/n/secrets/s", Json::object());
  server_.send_bookmarks();
  const std::string version = server_.get("/api/v1/namespaces/n/secrets/s")["metadata"]["resourceVersion"];
  server_.compact();
  ASSERT_TRUE(eventually([&] {
    if (server_.count("GET", "resourceVersion=" + version) > 0) return true;
    server_.close_watches();
    return false;
  }));
  put("b");
  EXPECT_TRUE(shows("b"));
  EXPECT_EQ(relists(), 1);
}

TEST_F(ReflectorTest, AWatchWhoseBookmarksStopIsOpenedAnew) {
  Reflector::Timing timing = kQuickTiming;
  timing.stale_after = std::chrono::seconds(1);
  start({}, "", timing);
  ASSERT_TRUE(eventually([&] { return reflector_->is_synced(); }));
  // The connection stays open from here on, and nothing comes.
  server_.send_bookmarks();
  EXPECT_TRUE(eventually([&] { return server_.calls().size() == 2; }));
  put("a");
  EXPECT_TRUE(shows("a"));
  EXPECT_EQ(relists(), 1);
}

TEST_F(ReflectorTest, AListThatIsNeverBegunIsAskedForAnew) {
  Reflector::Timing timing = kQuickTiming;
  timing.longest_start = std::chrono::seconds(1);
  server_.inject({.method = "GET", .delay = std::chrono::minutes(1)});
  put("a");
  start({}, "", timing);
  EXPECT_TRUE(shows("a"));
  EXPECT_GE(relists(), 2);
}

TEST_F(ReflectorTest, AServerThatBeginsNoListByWatchIsListed) {
  Reflector::Timing timing = kQuickTiming;
  timing.longest_start = Duration(50);
  server_.inject({.method = "GET", .part = "sendInitialEvents", .times = 1000, .delay = std::chrono::minutes(1)});
  put("a");
  start({}, "", timing);
  EXPECT_TRUE(shows("a"));
  put("b");
  EXPECT_TRUE(shows("b"));
}

TEST_F(ReflectorTest, AVersionThatIsNoLongerKeptIsListedAnew) {
  put("a");
  put("gone");
  start_and_sync();
  server_.inject({.method = "GET", .part = "watch=true", .times = 1000, .status = 503, .body = "{}"});
  server_.cut_watches();
  ASSERT_TRUE(eventually([&] { return server_.calls().size() > 1; }));
  server_.remove(path("gone"));
  put("new");
  server_.compact();
  server_.heal();
  EXPECT_TRUE(shows("new"));
  EXPECT_TRUE(lacks("gone"));
  EXPECT_TRUE(shows("a"));
  EXPECT_EQ(relists(), 2);
}

TEST_F(ReflectorTest, AServerThatClosesAgainAndAgainWithoutAWordIsListedAnew) {
  start_and_sync();
  const bool relisted = eventually([&] {
    server_.close_watches();
    return relists() > 1;
  });
  EXPECT_TRUE(relisted);
}

TEST_F(ReflectorTest, ABadFrameIsNotTrustedAndListsAnew) {
  put("a");
  start_and_sync();
  server_.send_raw("{\"type\":\"MODIFIED\",\"object\":{\"meta");
  EXPECT_TRUE(eventually([&] { return relists() == 2; }));
  put("b");
  EXPECT_TRUE(shows("b"));
}

TEST_F(ReflectorTest, AnObjectThatCannotBeReadIsSkipped) {
  server_.put(path("bad"), {{"data", "not a map"}});
  put("good");
  start_and_sync();
  EXPECT_TRUE(shows("good"));
  EXPECT_EQ(cache_.get<ConfigMap>({"n", "bad"}), nullptr);
  EXPECT_GE(metrics_.value("gyre_watch_bad_objects_total", {{"resource", "configmaps"}}), 1);
}

TEST_F(ReflectorTest, AnObjectThatCanNoLongerBeReadIsTakenForAbsent) {
  put("a");
  start_and_sync();
  server_.put(path("a"), {{"data", "not a map"}});
  EXPECT_TRUE(lacks("a"));
  put("a", "w");
  EXPECT_TRUE(shows("a", "w"));
}

TEST_F(ReflectorTest, AServerThatClosesEveryWatchAtOnceIsNotAskedInABusyLoop) {
  const Json end = {
      {"type", "BOOKMARK"},
      {"object", {{"metadata", {{"resourceVersion", "3"}, {"annotations", {{"k8s.io/initial-events-end", "true"}}}}}}}};
  server_.inject(
      {.method = "GET", .part = "sendInitialEvents", .times = 1'000'000, .status = 200, .body = end.dump() + '\n'});
  server_.inject({.method = "GET", .part = "resourceVersion=", .times = 1'000'000, .status = 200});
  Reflector::Timing timing = kQuickTiming;
  timing.first_backoff = timing.longest_backoff = Duration(40);
  const Stopwatch watch;
  start({}, "", timing);
  ASSERT_TRUE(eventually([&] { return relists() == 5; }));
  // Three closes come before each list but the first, and a pause of half the backoff or more after each.
  EXPECT_GE(watch.elapsed(), 4 * 3 * Duration(20));
}

TEST_F(ReflectorTest, OnlyTheSelectionOfOneNamespaceIsKept) {
  server_.put(path("mine"), {{"metadata", {{"labels", {{"app", "gyre"}}}}}, {"data", {{"k", "v"}}}});
  put("other");
  server_.put("/api/v1/namespaces/m/configmaps/far",
              {{"metadata", {{"labels", {{"app", "gyre"}}}}}, {"data", {{"k", "v"}}}});
  start({{{"app", "gyre"}}}, "n");
  ASSERT_TRUE(eventually([&] { return reflector_->is_synced(); }));
  EXPECT_EQ(cache_.list<ConfigMap>("").size(), 1u);
  // What loses the label is gone for us.
  put("mine");
  EXPECT_TRUE(lacks("mine"));
}

TEST_F(ReflectorTest, AThrottlingServerIsAskedAgain) {
  server_.inject({.method = "GET", .times = 2, .status = 429, .retry_after = "0"});
  server_.inject({.method = "GET", .times = 2, .status = 500});
  put("a");
  start_and_sync();
  EXPECT_TRUE(shows("a"));
  EXPECT_GE(server_.calls().size(), 5u);
}

TEST_F(ReflectorTest, AThrottlingServerIsNotAskedEarlierThanItSaid) {
  // Twice, as a wait that is cut by chance may for once be cut by little.
  server_.inject({.method = "GET", .times = 2, .status = 429, .retry_after = "1"});
  const Stopwatch watch;
  start_and_sync();
  EXPECT_GE(watch.elapsed(), std::chrono::seconds(2));
}

TEST_F(ReflectorTest, ARelistKeepsServingTheOldObjectsUntilItIsComplete) {
  put("a");
  start_and_sync();
  server_.compact();
  server_.inject({.method = "GET", .times = 5, .status = 503});
  server_.cut_watches();
  ASSERT_TRUE(eventually([&] {
    EXPECT_NE(cache_.get<ConfigMap>({"n", "a"}), nullptr);
    return server_.calls().size() > 6;
  }));
}

TEST(ReflectorStaleness, AServerThatNeverAnswersMakesTheCacheStale) {
  kube::Config config;
  {
    const FakeApiServer gone;
    config = gone.config();
  }
  kube::Client client(config);
  Cache cache;
  cache.declare<ConfigMap>();
  const SystemClock clock;
  Metrics metrics;
  Reflector::Timing timing = kQuickTiming;
  timing.stale_after = Duration(30);
  Reflector reflector(client, *cache.entries().begin()->second, "", clock, metrics, timing);
  std::jthread thread([&](std::stop_token stop) { reflector.run(stop); });
  EXPECT_TRUE(eventually([&] { return reflector.is_stale(); }));
  EXPECT_FALSE(reflector.is_synced());
}

TEST(ReflectorStaleness, AWatchThatComesBackIsFreshAgain) {
  FakeApiServer server;
  kube::Client client(server.config());
  Cache cache;
  cache.declare<ConfigMap>();
  const SystemClock clock;
  Metrics metrics;
  Reflector::Timing timing = kQuickTiming;
  timing.stale_after = Duration(30);
  Reflector reflector(client, *cache.entries().begin()->second, "", clock, metrics, timing);
  server.inject({.method = "GET", .times = 40, .status = 503});
  std::jthread thread([&](std::stop_token stop) { reflector.run(stop); });
  EXPECT_TRUE(eventually([&] { return reflector.is_stale(); }));
  EXPECT_TRUE(eventually([&] { return reflector.is_synced() && !reflector.is_stale(); }));
}

TEST_F(ReflectorTest, AWatchThatFellSilentIsStaleThoughItsConnectionStands) {
  cache_.declare<ConfigMap>();
  Reflector::Timing timing = kQuickTiming;
  timing.stale_after = Duration(50);
  Reflector reflector(client_, *cache_.entries().begin()->second, "", clock_, metrics_, timing);
  const std::jthread thread([&](std::stop_token stop) { reflector.run(stop); });
  ASSERT_TRUE(eventually([&] { return reflector.is_synced(); }));
  // Until the server has shown that it sends bookmarks, silence may only mean that nothing happens.
  std::this_thread::sleep_for(2 * timing.stale_after);
  EXPECT_FALSE(reflector.is_stale());
  EXPECT_TRUE(eventually([&] {
    server_.send_bookmarks();
    return !reflector.is_stale();
  }));
  EXPECT_TRUE(eventually([&] { return reflector.is_stale(); }));
  EXPECT_EQ(server_.open_watches(), 1);
}

}  // namespace
}  // namespace gyre::runtime
