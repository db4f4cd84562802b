#include "operator/runtime/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>

namespace gyre::runtime {
namespace {

using testing::HasSubstr;

HealthOptions on_loopback(int health_port = 0) { return {"127.0.0.1", health_port, 0}; }

httplib::Result fetch(int port, const std::string& path) { return httplib::Client("127.0.0.1", port).Get(path); }

TEST(Health, ReadinessIsAskedEveryTime) {
  const Metrics metrics;
  std::atomic<bool> ready = false;
  const auto server = HealthServer::start(on_loopback(), metrics, [&]() -> Result<void> {
    if (ready) return {};
    return fail(Code::kUnavailable, "CacheNotFilled", "jobs: cache not filled");
  });
  ASSERT_TRUE(server) << server.error().message;
  const int port = (*server)->health_port();
  EXPECT_EQ(fetch(port, "/healthz")->status, 200);
  EXPECT_EQ(fetch(port, "/readyz")->status, 503);
  EXPECT_THAT(fetch(port, "/readyz")->body, HasSubstr("jobs: cache not filled"));
  ready = true;
  EXPECT_EQ(fetch(port, "/readyz")->status, 200);
  EXPECT_EQ(fetch(port, "/elsewhere")->status, 404);
}

TEST(Health, MetricsAreOnTheirOwnPort) {
  Metrics metrics;
  metrics.declare_counter("c_total", "C.");
  metrics.add("c_total", {}, 7);
  const auto server = HealthServer::start(on_loopback(), metrics, [] { return Result<void>(); });
  ASSERT_TRUE(server) << server.error().message;
  const auto answer = fetch((*server)->metrics_port(), "/metrics");
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr("c_total 7\n"));
  EXPECT_EQ(answer->get_header_value("Content-Type"), "text/plain; version=0.0.4");
  EXPECT_EQ(fetch((*server)->health_port(), "/metrics")->status, 404);
}

TEST(Health, APortThatIsTakenIsNamed) {
  const Metrics metrics;
  const auto first = HealthServer::start(on_loopback(), metrics, [] { return Result<void>(); });
  ASSERT_TRUE(first);
  const int port = (*first)->health_port();
  const auto second = HealthServer::start(on_loopback(port), metrics, [] { return Result<void>(); });
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(port)));
}

TEST(Health, TheFirstPortIsGivenBackWhenTheSecondIsTaken) {
  const Metrics metrics;
  const auto ready = [] { return Result<void>(); };
  const auto first = HealthServer::start(on_loopback(), metrics, ready);
  ASSERT_TRUE(first);
  int port = 0;
  {
    const auto free = HealthServer::start(on_loopback(), metrics, ready);
    ASSERT_TRUE(free);
    port = (*free)->health_port();
  }
  EXPECT_FALSE(HealthServer::start({"127.0.0.1", port, (*first)->metrics_port()}, metrics, ready));
  EXPECT_TRUE(HealthServer::start({"127.0.0.1", port, 0}, metrics, ready));
}

TEST(Health, AnAddressThatIsNotOursIsAnError) {
  const Metrics metrics;
  const auto server = HealthServer::start({"192.0.2.1", 0, 0}, metrics, [] { return Result<void>(); });
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr("192.0.2.1"));
}

TEST(Health, AServerCanEndRightAfterItsStart) {
  const Metrics metrics;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(HealthServer::start(on_loopback(), metrics, [] { return Result<void>(); }));
}

}  // namespace
}  // namespace gyre::runtime
