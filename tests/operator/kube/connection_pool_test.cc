#include "operator/kube/connection_pool.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/operator/kube/holding_server.h"
#include "tests/support/eventually.h"

namespace gyre::kube {
namespace {

using std::chrono::seconds;
using support::eventually;

// A pool whose time the test moves, and a server that answers once a rush of that many requests is complete.
struct World {
  explicit World(int rush_size) : server(rush_size), size(rush_size) {
    route.base_url = fmt::format("http://127.0.0.1:{}", server.port());
  }

  bool ask() {
    Transfer transfer(route);
    transfer.identity = std::make_shared<const Identity>();
    transfer.url = route.base_url + "/version";
    transfer.method = "GET";
    transfer.timeout = seconds(60);
    return pool.run(transfer).has_value();
  }
  // All at the same time.
  void rush() {
    std::vector<std::jthread> callers;
    for (int i = 0; i < size; ++i) callers.emplace_back([this] { EXPECT_TRUE(ask()); });
  }
  bool has_open(int connections) const {
    return eventually([&] { return server.open() == connections; });
  }

  HoldingServer server;
  const int size;
  Route route;
  ManualClock clock;
  ConnectionPool pool{clock};
};

TEST(ConnectionPool, OneCallerAfterAnotherTakesTheSameConnection) {
  World world(1);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(world.ask());
  EXPECT_EQ(world.server.taken(), 1);
}

TEST(ConnectionPool, WhatARushLeftIsClosedAfterAMinuteAndWhatIsUsedStays) {
  World world(20);
  world.rush();
  ASSERT_TRUE(world.has_open(20));
  world.clock.advance(seconds(40));
  ASSERT_TRUE(world.ask());
  EXPECT_EQ(world.server.open(), 20) << "another rush may come";
  world.clock.advance(seconds(40));
  ASSERT_TRUE(world.ask());
  EXPECT_TRUE(world.has_open(1));
  EXPECT_EQ(world.server.taken(), 20) << "the one used last was lent again";
}

TEST(ConnectionPool, AGreatRushLeavesNoMoreThanAFewIdle) {
  constexpr int kMost = ConnectionPool::kMostIdle;
  World world(kMost + 12);
  world.rush();
  EXPECT_EQ(world.server.taken(), kMost + 12);
  EXPECT_TRUE(world.has_open(kMost));
}

}  // namespace
}  // namespace gyre::kube
