#include "operator/runtime/leader.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/environment.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_api_server.h"

namespace gyre::runtime {
namespace {

using Json = nlohmann::json;
using support::eventually;
using support::FakeApiServer;

constexpr char kPath[] = "/apis/coordination.k8s.io/v1/namespaces/gyre-system/leases/gyre-operator";

constexpr LeaseTiming kFast{std::chrono::seconds(2), std::chrono::seconds(1), Duration(20)};

LeaderOptions options(const std::string& identity, const LeaseTiming& timing) {
  return {{"gyre-system", "gyre-operator"}, identity, identity + ":9444", timing};
}

// An elector and the thread that runs it.
struct Replica {
  Replica(const FakeApiServer& server, const std::string& identity, const LeaseTiming& timing = kFast)
      : Replica(server.config(), identity, timing) {}
  Replica(kube::Config config, const std::string& identity, const LeaseTiming& timing = kFast)
      : client(std::move(config)),
        elector(client, clock, options(identity, timing)),
        thread([this](std::stop_token stop) { elector.run(stop, [this] { ++gained; }, [this] { ++lost; }); }) {}

  const SystemClock clock;
  kube::Client client;
  LeaderElector elector;
  std::atomic<int> gained = 0, lost = 0;
  std::jthread thread;
};

std::string holder(const FakeApiServer& server) {
  const Json lease = server.get(kPath);
  return lease.is_null() ? "" : lease["spec"].value("holderIdentity", "");
}

TEST(Leader, TheFirstCreatesTheLeaseAndTheSecondWaits) {
  FakeApiServer server;
  Replica first(server, "first");
  ASSERT_TRUE(eventually([&] { return first.elector.is_leader(); }));
  Replica second(server, "second");
  ASSERT_TRUE(eventually([&] { return second.elector.holder() == LeaderElector::Holder{"first", "first:9444"}; }));
  EXPECT_FALSE(second.elector.is_leader());
  EXPECT_EQ(first.gained, 1);
  EXPECT_EQ(second.gained, 0);
  const Json lease = server.get(kPath);
  EXPECT_EQ(lease["spec"]["leaseDurationSeconds"], 2);
  EXPECT_EQ(lease["metadata"]["annotations"][kLeaderAddress], "first:9444");
}

TEST(Leader, AStopReleasesTheLeaseForTheNext) {
  FakeApiServer server;
  Replica first(server, "first");
  ASSERT_TRUE(eventually([&] { return first.elector.is_leader(); }));
  Replica second(server, "second");
  first.thread = {};
  EXPECT_FALSE(first.elector.is_leader());
  EXPECT_TRUE(eventually([&] { return second.elector.is_leader(); }));
  EXPECT_EQ(holder(server), "second");
  EXPECT_EQ(server.get(kPath)["spec"]["leaseTransitions"], 1);
}

TEST(Leader, AStopWithoutTheLeaseTouchesNothing) {
  FakeApiServer server;
  Replica first(server, "first");
  ASSERT_TRUE(eventually([&] { return first.elector.is_leader(); }));
  {
    Replica second(server, "second");
    ASSERT_TRUE(eventually([&] { return second.elector.holder().identity == "first"; }));
  }
  EXPECT_EQ(holder(server), "first");
}

TEST(Leader, ALeaseThatNobodyRenewsIsTakenOver) {
  FakeApiServer server;
  // A holder that is dead, whose clock says the far future.
  server.put(kPath, {{"spec",
                      {{"holderIdentity", "dead"},
                       {"leaseDurationSeconds", 1},
                       {"renewTime", "2099-01-01T00:00:00.000000Z"},
                       {"leaseTransitions", 4}}}});
  Replica second(server, "second");
  EXPECT_TRUE(eventually([&] { return second.elector.is_leader(); }));
  EXPECT_EQ(server.get(kPath)["spec"]["leaseTransitions"], 5);
}

TEST(Leader, TheEndOfALeaseIsMetOnTimeHoweverSeldomAStandbyLooks) {
  FakeApiServer server;
  server.put(kPath, {{"spec", {{"holderIdentity", "dead"}, {"leaseDurationSeconds", 1}}}});
  LeaseTiming seldom{std::chrono::minutes(3), std::chrono::minutes(2), std::chrono::minutes(1)};
  Replica second(server, "second", seldom);
  EXPECT_TRUE(eventually([&] { return second.elector.is_leader(); }));
}

TEST(Leader, RenewalsReadNothingUnlessSomebodyElseHasWritten) {
  FakeApiServer server;
  // A slow machine must not make a renewal late.
  Replica only(server, "only", {std::chrono::seconds(15), std::chrono::seconds(10), Duration(20)});
  ASSERT_TRUE(eventually([&] { return only.elector.is_leader(); }));
  const int reads = server.count("GET", "leases"), writes = server.count("PUT", "leases");
  ASSERT_TRUE(eventually([&] { return server.count("PUT", "leases") > writes + 5; }));
  EXPECT_EQ(server.count("GET", "leases"), reads);
  EXPECT_EQ(only.elector.slow_renewals(), 0U);

  Json lease = server.get(kPath);
  lease["metadata"]["annotations"]["theirs"] = "stays";
  server.put(kPath, lease);
  ASSERT_TRUE(eventually([&] { return only.elector.slow_renewals() == 1; }));
  const int then = server.count("PUT", "leases");
  ASSERT_TRUE(eventually([&] { return server.count("PUT", "leases") > then + 5; }));
  EXPECT_EQ(server.get(kPath)["metadata"]["annotations"]["theirs"], "stays");
  EXPECT_EQ(only.elector.slow_renewals(), 1U);

  server.remove(kPath);
  EXPECT_TRUE(eventually([&] { return holder(server) == "only"; }));
  EXPECT_EQ(only.elector.slow_renewals(), 2U);
  EXPECT_EQ(only.lost, 0);
}

TEST(Leader, WhoCannotRenewInTimeLeadsNoMoreAndComesBack) {
  FakeApiServer server;
  Replica only(server, "only");
  ASSERT_TRUE(eventually([&] { return only.elector.is_leader(); }));
  server.inject({.part = "leases", .times = 100, .status = 500});
  ASSERT_TRUE(eventually([&] { return only.lost == 1; }));
  EXPECT_FALSE(only.elector.is_leader());
  EXPECT_TRUE(eventually([&] { return only.gained == 2; }));
  EXPECT_TRUE(only.elector.is_leader());
}

TEST(Leader, AServerThatDoesNotAnswerEndsTheLeadership) {
  FakeApiServer server;
  Replica only(server, "only");
  ASSERT_TRUE(eventually([&] { return only.elector.is_leader(); }));
  // A write that is refused, a read that answers just in time, a write that never does: each stays within its own
  // limit.
  server.inject({.method = "GET", .part = "leases", .times = 100, .delay = Duration(450)});
  server.inject({.method = "PUT", .part = "leases", .times = 1, .status = 409});
  server.inject({.method = "PUT", .part = "leases", .times = 100, .delay = std::chrono::seconds(30)});
  EXPECT_TRUE(eventually([&] { return only.lost == 1; }));
}

TEST(Leader, ACredentialPluginThatHangsEndsTheLeadership) {
  FakeApiServer server;
  const support::Folder folder;
  kube::Config config = server.config();
  // What it hands out has expired, so that every renewal asks it again.
  config.exec = {
      .api_version = "client.authentication.k8s.io/v1",
      .command = folder.write_script(
          "login", "while [ -e " + folder.path() + "/hold ]; do sleep 0.02; done\n" +
                       R"(echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",)" +
                       R"( "status": {"token": "t", "expirationTimestamp": "2020-01-01T00:00:00Z"}}')")};
  Replica only(config, "only");
  ASSERT_TRUE(eventually([&] { return only.elector.is_leader(); }));
  const int lost = only.lost;
  const auto begin = std::chrono::steady_clock::now();
  folder.write("hold", "");
  EXPECT_TRUE(eventually([&] { return only.lost > lost; }));
  // The plugin's own time is 30 seconds, the lease's two.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  const int gained = only.gained;
  std::filesystem::remove(folder.path() + "/hold");
  EXPECT_TRUE(eventually([&] { return only.gained > gained; }));
}

TEST(Leader, ALeaseThatSomebodyTookIsGivenUpAtOnce) {
  FakeApiServer server;
  Replica first(server, "first");
  ASSERT_TRUE(eventually([&] { return first.elector.is_leader(); }));
  ASSERT_TRUE(eventually([&] {
    Json lease = server.get(kPath);
    lease["spec"]["holderIdentity"] = "thief";
    lease["spec"]["leaseDurationSeconds"] = 3600;
    server.put(kPath, lease);
    return first.lost == 1;
  }));
  EXPECT_FALSE(first.elector.is_leader());
  EXPECT_EQ(first.elector.holder().identity, "thief");
}

TEST(Leader, OfManyAtOnceOneLeads) {
  FakeApiServer server;
  std::vector<std::unique_ptr<Replica>> replicas;
  for (int i = 0; i < 4; ++i) replicas.push_back(std::make_unique<Replica>(server, "r" + std::to_string(i)));
  const auto leaders = [&] {
    int count = 0;
    for (const auto& replica : replicas) count += replica->elector.is_leader() ? 1 : 0;
    return count;
  };
  ASSERT_TRUE(eventually([&] { return leaders() == 1; }));
  const int puts = server.count("PUT", "leases");
  ASSERT_TRUE(eventually([&] {
    EXPECT_LE(leaders(), 1);
    return server.count("PUT", "leases") > puts + 10;
  }));
}

TEST(LeaseTiming, IsRefusedWhereTwoCouldLead) {
  using std::chrono::seconds;
  EXPECT_TRUE(check(LeaseTiming()));
  EXPECT_FALSE(check({seconds(10), seconds(10), seconds(2)}));
  EXPECT_FALSE(check({seconds(15), seconds(10), seconds(10)}));
  EXPECT_FALSE(check({seconds(15), seconds(10), seconds(0)}));
  EXPECT_FALSE(check({Duration(2500), seconds(2), seconds(1)}));
}

TEST(LeaseTiming, ARenewalCountsFromTheLookBeforeIt) {
  using std::chrono::seconds;
  const LeaseTiming ours;
  EXPECT_EQ(counts_from(seconds(99), seconds(100), seconds(15), ours), seconds(99));
  EXPECT_EQ(counts_from(std::nullopt, seconds(100), seconds(15), ours), seconds(100)) << "nothing is known of before";
  EXPECT_EQ(counts_from(seconds(90), seconds(100), seconds(15), ours), seconds(98)) << "a retry period, at most";
  EXPECT_EQ(counts_from(seconds(99), seconds(100), seconds(20), ours), seconds(100)) << "of another timing than ours";
  EXPECT_EQ(counts_from(seconds(90), seconds(100), seconds(15), {seconds(15), seconds(12), seconds(5)}),
            Duration(98500))
      << "half of what the holder's deadline leaves";
}

}  // namespace
}  // namespace gyre::runtime
