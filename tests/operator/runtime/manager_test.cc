#include "operator/runtime/manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <mutex>
#include <nlohmann/json.hpp>

#include "crds/builtin/config_map.h"
#include "crds/builtin/job.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_api_server.h"

namespace gyre::runtime {
namespace {

using Json = nlohmann::json;
using support::eventually;
using support::FakeApiServer;
using testing::HasSubstr;

constexpr char kLease[] = "/apis/coordination.k8s.io/v1/namespaces/s/leases/gyre-operator";
constexpr Kind kConfigMap = kind_of(Type<ConfigMap>{});

std::string path_of(const std::string& name) { return "/api/v1/namespaces/n/configmaps/" + name; }

// Writes "done-<name>" for every ConfigMap that is not such, through an Applier, as our controllers do.
class Doer final : public Reconciler {
 public:
  Doer(Manager& manager, std::atomic<int>& reconciles) : manager_(manager), reconciles_(reconciles) {}

  Result<Next> reconcile(const Key& key) override {
    ++reconciles_;
    const auto seen = manager_.cache().get<ConfigMap>(key);
    if (!seen || key.name.starts_with("done-")) return Next{};
    const Json metadata = {{"name", "done-" + key.name},
                           {"namespace", key.namespace_},
                           {"ownerReferences",
                            {{{"apiVersion", "v1"},
                              {"kind", "ConfigMap"},
                              {"name", key.name},
                              {"uid", seen->metadata.uid},
                              {"controller", true}}}}};
    const std::vector<Child> applies = {{kConfigMap,
                                         {key.namespace_, "done-" + key.name},
                                         {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", metadata}}}};
    return manager_.applier().run({kConfigMap, seen->metadata, applies, {}, {}, true, {}, std::nullopt, std::nullopt});
  }

 private:
  Manager& manager_;
  std::atomic<int>& reconciles_;
};

// A manager of one controller and the thread that runs it.
struct Replica {
  Replica(const FakeApiServer& server, const std::string& name, Duration drain = std::chrono::seconds(20))
      : manager(server.config(), options(name, drain)) {
    manager.add("configmap", std::make_unique<Doer>(manager, reconciles), 2).reconciles<ConfigMap>();
    thread = std::jthread([this](std::stop_token stop) { result = manager.run(stop); });
  }
  static ManagerOptions options(const std::string& name, Duration drain) {
    ManagerOptions out;
    out.leadership = LeaderOptions{{"s", "gyre-operator"}, name, name + ":9444", {}};
    out.leadership->timing = {std::chrono::seconds(5), std::chrono::seconds(4), Duration(50)};
    out.health = HealthOptions{"127.0.0.1", 0, 0};
    out.timing.first_backoff = Duration(20);
    out.timing.longest_backoff = Duration(50);
    out.timing.stale_after = Duration(400);
    out.drain = drain;
    return out;
  }
  int readyz() const {
    const auto answer = httplib::Client("127.0.0.1", manager.health_port()).Get("/readyz");
    return answer ? answer->status : 0;
  }
  bool leads() {
    return eventually([&] { return manager.is_leader(); });
  }

  std::atomic<int> reconciles = 0;
  Manager manager;
  Result<void> result;
  std::jthread thread;
};

class ManagerTest : public testing::Test {
 protected:
  bool is_done(const std::string& name) const { return !server_.get(path_of("done-" + name)).is_null(); }
  std::string holder() const { return server_.get(kLease)["spec"].value("holderIdentity", ""); }
  void give_lease_to(const std::string& name) {
    server_.put(kLease, {{"spec", {{"holderIdentity", name}, {"leaseDurationSeconds", 4}}}});
  }
  // Writes of children, in the order of their coming.
  int child_writes() const { return server_.count("POST", "configmaps"); }

  FakeApiServer server_;
};

TEST_F(ManagerTest, ItFillsItsCachesThenLeadsThenReconcilesWhatIsThere) {
  server_.put(path_of("a"), Json::object());
  server_.put(path_of("b"), Json::object());
  Replica replica(server_, "one");
  EXPECT_TRUE(eventually([&] { return is_done("a") && is_done("b"); }));
  EXPECT_TRUE(replica.manager.is_leader());
  EXPECT_EQ(replica.readyz(), 200);
  const auto calls = server_.calls();
  const auto first = [&](const std::string& part) {
    return std::find_if(calls.begin(), calls.end(),
                        [&](const auto& call) { return call.target.find(part) != std::string::npos; });
  };
  EXPECT_LT(first("configmaps"), first("leases"));
  server_.put(path_of("c"), Json::object());
  EXPECT_TRUE(eventually([&] { return is_done("c"); }));
}

TEST_F(ManagerTest, AStandbyIsReadyAndWritesNothing) {
  give_lease_to("other");
  server_.put(path_of("a"), Json::object());
  Replica replica(server_, "one");
  EXPECT_TRUE(eventually([&] { return replica.manager.readiness().has_value(); }));
  ASSERT_TRUE(eventually([&] { return replica.manager.leader().identity == "other"; }));
  EXPECT_EQ(replica.reconciles, 0);
  EXPECT_EQ(server_.writes(), 0);
  EXPECT_THAT(replica.manager.metrics().text(), HasSubstr("leader_election_master_status{name=\"gyre-operator\"} 0\n"));
  // The other says no more.
  EXPECT_TRUE(eventually([&] { return is_done("a"); }));
}

TEST_F(ManagerTest, ALostLeaseEndsWritesInFlightAndTheProcessGoesBackToStandby) {
  Replica replica(server_, "one");
  ASSERT_TRUE(replica.leads());
  server_.inject({.method = "POST", .part = "configmaps", .times = 2, .delay = std::chrono::seconds(30)});
  server_.put(path_of("a"), Json::object());
  server_.put(path_of("b"), Json::object());
  server_.put(path_of("c"), Json::object());
  ASSERT_TRUE(eventually([&] { return child_writes() == 2; }));
  give_lease_to("other");
  ASSERT_TRUE(eventually([&] { return !replica.manager.is_leader(); }));
  // It gives way although the server still thinks about the two, and does not begin the third.
  EXPECT_TRUE(eventually([&] { return replica.manager.readiness().has_value(); }));
  EXPECT_EQ(replica.manager.leader().identity, "other");
  const int before = child_writes();
  EXPECT_EQ(before, 2);

  // The other dies: the same process leads again, and does what is left.
  ASSERT_TRUE(replica.leads());
  EXPECT_TRUE(eventually([&] { return is_done("a") && is_done("b") && is_done("c"); }));
  EXPECT_EQ(holder(), "one");
}

TEST_F(ManagerTest, AStopWaitsForWhatIsUnderWayAndThenReleasesTheLease) {
  Replica replica(server_, "one");
  ASSERT_TRUE(replica.leads());
  server_.inject({.method = "POST", .part = "configmaps", .delay = Duration(500)});
  server_.put(path_of("a"), Json::object());
  ASSERT_TRUE(eventually([&] { return child_writes() == 1; }));
  replica.thread = {};
  EXPECT_TRUE(replica.result);
  EXPECT_TRUE(is_done("a"));
  EXPECT_EQ(holder(), "");
  // The release is the last word.
  EXPECT_THAT(server_.calls().back().target, HasSubstr("leases/gyre-operator"));
}

TEST_F(ManagerTest, WhatDoesNotEndInTimeIsCutOffAndTheLeaseReleased) {
  Replica replica(server_, "one", Duration(300));
  ASSERT_TRUE(replica.leads());
  server_.inject({.method = "POST", .part = "configmaps", .delay = std::chrono::seconds(30)});
  server_.put(path_of("a"), Json::object());
  ASSERT_TRUE(eventually([&] { return child_writes() == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  replica.thread = {};
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(holder(), "");
}

TEST_F(ManagerTest, TheNextReplicaFollowsAReleaseAtOnce) {
  Replica first(server_, "one");
  ASSERT_TRUE(first.leads());
  Replica second(server_, "two");
  ASSERT_TRUE(eventually([&] { return second.manager.readiness().has_value(); }));
  EXPECT_FALSE(second.manager.is_leader());
  first.thread = {};
  ASSERT_TRUE(second.leads());
  server_.put(path_of("a"), Json::object());
  EXPECT_TRUE(eventually([&] { return is_done("a"); }));
  EXPECT_EQ(holder(), "two");
}

TEST_F(ManagerTest, AWatchThatCannotComeBackMakesItUnready) {
  Replica replica(server_, "one");
  ASSERT_TRUE(replica.leads());
  ASSERT_EQ(replica.readyz(), 200);
  server_.inject({.method = "GET", .part = "configmaps", .times = 1'000'000, .status = 503, .body = "{}"});
  server_.cut_watches();
  EXPECT_TRUE(eventually([&] { return replica.readyz() == 503; }));
  const auto stale = replica.manager.readiness();
  ASSERT_FALSE(stale);
  EXPECT_THAT(stale.error().message, HasSubstr("configmaps"));
}

TEST_F(ManagerTest, AWatchThatComesBackMakesItReadyAgain) {
  Replica replica(server_, "one");
  ASSERT_TRUE(replica.leads());
  server_.inject({.method = "GET", .part = "configmaps", .times = 25, .status = 503, .body = "{}"});
  server_.cut_watches();
  EXPECT_TRUE(eventually([&] { return replica.readyz() == 503; }));
  EXPECT_TRUE(eventually([&] { return replica.readyz() == 200; }));
}

TEST_F(ManagerTest, ItIsNotReadyBeforeItsCachesAreFilledAndCanBeStoppedThen) {
  server_.inject({.method = "GET", .part = "configmaps", .times = 1'000'000, .status = 503, .body = "{}"});
  Replica replica(server_, "one");
  ASSERT_TRUE(eventually([&] { return replica.manager.health_port() != 0 && replica.readyz() == 503; }));
  EXPECT_FALSE(replica.manager.is_leader());
  EXPECT_EQ(server_.count("GET", "leases"), 0);
  replica.thread = {};
  EXPECT_TRUE(replica.result);
}

TEST_F(ManagerTest, ProbesAreAnsweredWhileItPrepares) {
  Manager manager(server_.config(), Replica::options("one", std::chrono::seconds(20)));
  std::atomic<bool> prepared = false;
  manager.add_preparation([&](std::stop_token stop) {
    eventually([&] { return prepared || stop.stop_requested(); });
    return Result<void>();
  });
  manager.add_readiness([&]() -> Result<void> {
    if (prepared) return {};
    return fail(Code::kUnavailable, "NoCertificates", "no certificates");
  });
  const std::jthread thread([&](std::stop_token stop) { EXPECT_TRUE(manager.run(stop)); });
  const auto probe = [&](const char* path) { return httplib::Client("127.0.0.1", manager.health_port()).Get(path); };
  ASSERT_TRUE(eventually([&] { return manager.health_port() != 0 && probe("/healthz"); }));
  EXPECT_EQ(probe("/readyz")->body, "no certificates\n");
  EXPECT_TRUE(server_.calls().empty());
  prepared = true;
  EXPECT_TRUE(eventually([&] { return probe("/readyz")->status == 200; }));
}

TEST_F(ManagerTest, WhatCannotBePreparedEndsIt) {
  Manager manager(server_.config(), Replica::options("one", std::chrono::seconds(20)));
  manager.add_preparation([](std::stop_token) { return fail(Code::kUnavailable, "PortTaken", "port 9443 is taken"); });
  const auto ended = manager.run({});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().reason, "PortTaken");
}

// Replicas that look after namespaces n and m.
class NamespacesTest : public ManagerTest {
 protected:
  NamespacesTest() {
    options_.leadership.reset();
    options_.namespaces = {"n", "m"};
  }
  void start() {
    manager_.emplace(server_.config(), options_);
    manager_->cache().declare<Job>();
    manager_->add("configmap", std::make_unique<Doer>(*manager_, reconciles_), 2).reconciles<ConfigMap>();
    thread_ = std::jthread([this](std::stop_token stop) { EXPECT_TRUE(manager_->run(stop)); });
  }
  void refuse(const std::string& part, int times = 1'000'000) {
    server_.inject({.method = "GET",
                    .part = part,
                    .times = times,
                    .status = 403,
                    .body = R"({"reason":"Forbidden","message":"configmaps is forbidden"})"});
  }
  bool is_ready() { return manager_->readiness().has_value(); }
  bool works(const std::string& name) {
    server_.put(path_of(name), Json::object());
    return eventually([&] { return is_done(name); });
  }
  bool has_stale_watch() {
    return manager_->metrics().text().find("gyre_watch_stale{resource=\"configmaps\"} 1\n") != std::string::npos;
  }

  ManagerOptions options_ = Replica::options("one", std::chrono::seconds(20));
  std::atomic<int> reconciles_ = 0;
  std::optional<Manager> manager_;
  std::jthread thread_;
};

TEST_F(NamespacesTest, OneThatIsRefusedFromTheStartIsLeftOutUntilItIsNot) {
  refuse("namespaces/m/");
  start();
  EXPECT_TRUE(eventually([&] { return is_ready(); }));
  EXPECT_TRUE(works("a"));
  EXPECT_TRUE(eventually([&] { return has_stale_watch(); }));
  server_.heal();
  EXPECT_TRUE(eventually([&] { return !has_stale_watch(); }));
  EXPECT_TRUE(eventually([&] { return is_ready(); }));
}

TEST_F(NamespacesTest, OneThatIsDeletedLaterStopsNotTheOthers) {
  start();
  ASSERT_TRUE(eventually([&] { return is_ready(); }));
  refuse("namespaces/m/");
  server_.cut_watches();
  EXPECT_TRUE(eventually([&] { return has_stale_watch(); }));
  EXPECT_TRUE(works("a"));
  EXPECT_TRUE(eventually([&] { return is_ready(); }));
}

TEST_F(NamespacesTest, OneThatIsHalfSeenIsNotActedOn) {
  const std::string theirs = "/api/v1/namespaces/m/configmaps/";
  server_.put(theirs + "a", Json::object());
  refuse("namespaces/m/jobs");
  refuse("namespaces/m/configmaps", 20);
  start();
  ASSERT_TRUE(eventually([&] { return manager_->cache().get<ConfigMap>({"m", "a"}) != nullptr; }));
  server_.put(theirs + "b", Json::object());
  EXPECT_TRUE(works("here"));
  EXPECT_TRUE(server_.get(theirs + "done-a").is_null());
  server_.heal();
  EXPECT_TRUE(eventually(
      [&] { return !server_.get(theirs + "done-a").is_null() && !server_.get(theirs + "done-b").is_null(); }));
}

TEST_F(NamespacesTest, AllOfThemRefusedIsToldWithTheReason) {
  refuse("namespaces/");
  start();
  EXPECT_TRUE(eventually([&] {
    const auto ready = manager_->readiness();
    return !ready && ready.error().message == "configmaps in namespace n: cache not filled: configmaps is forbidden";
  }));
}

TEST_F(ManagerTest, TheRateOfReconcilersRequestsMayBeLimited) {
  ManagerOptions options = Replica::options("one", std::chrono::seconds(20));
  options.leadership.reset();
  options.rate = {.qps = 20, .burst = 1};
  for (const char* name : {"a", "b", "c", "d", "e"}) server_.put(path_of(name), Json::object());
  std::atomic<int> reconciles = 0;
  Manager manager(server_.config(), options);
  manager.add("configmap", std::make_unique<Doer>(manager, reconciles), 5).reconciles<ConfigMap>();
  const auto begin = std::chrono::steady_clock::now();
  const std::jthread thread([&](std::stop_token stop) { (void)manager.run(stop); });
  EXPECT_TRUE(eventually([&] { return child_writes() == 5; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, Duration(190));
  EXPECT_THAT(manager.metrics().text(), HasSubstr("rest_client_rate_limiter_duration_seconds_count{verb=\"POST\""));
}

}  // namespace
}  // namespace gyre::runtime
