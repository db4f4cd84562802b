#include "dataplane/agent/agent.h"

#include <gtest/gtest.h>

#include <future>

#include "dataplane/wire/baseline.h"
#include "dataplane/wire/bucket.h"
#include "operator/base/digest.h"
#include "tests/dataplane/agent/world.h"

namespace gyre::agent {
namespace {

constexpr char kInfer[] = "/v2/models/m/infer";
constexpr char kJson[] = "application/json";
const std::string kRow = infer_body({{0.5, 1.5}});

class AgentTest : public testing::Test {
 protected:
  void SetUp() override {
    model.start();
    canary_model.start();
  }
  Model model;
  Model canary_model;
};

TEST_F(AgentTest, ServesAndNamesTheRevision) {
  const RunningAgent agent("a", model.address(), only("a"));
  httplib::Client client("127.0.0.1", agent.port);
  const auto answer = client.Post(kInfer, kRow, kJson);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value(wire::kRevisionHeader), "a");
  EXPECT_EQ(nlohmann::json::parse(answer->body)["outputs"][0]["data"], nlohmann::json({0.5}));
}

TEST_F(AgentTest, SplitsExactlyByWeight) {
  const RunningAgent canary("b", canary_model.address(), split("a", "b", "127.0.0.1:9", 30));
  const RunningAgent stable("a", model.address(), split("a", "b", canary.address(), 30));
  httplib::Client client("127.0.0.1", stable.port);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  std::map<std::string, int> answered;
  for (int i = 0; i < 200; ++i) {
    const auto answer = client.Post(kInfer, kRow, kJson);
    ASSERT_TRUE(answer && answer->status == 200);
    ++answered[answer->get_header_value(wire::kRevisionHeader)];
  }
  EXPECT_EQ(answered, (std::map<std::string, int>{{"a", 140}, {"b", 60}}));
  EXPECT_EQ(canary_model.requests, 60);
  EXPECT_EQ(stable.metric(R"(gyre_agent_requests_total{service="s",revision="b",route="forwarded"})"), 60);
  EXPECT_EQ(stable.metric(R"(gyre_agent_requests_total{service="s",revision="a",route="self"})"), 140);
  EXPECT_EQ(canary.metric(R"(gyre_agent_request_duration_seconds_count{service="s",revision="b",route="self"})"), 60);
}

TEST_F(AgentTest, NeverForwardsTwice) {
  // Two agents that each take the other for the canary.
  Folder folder;
  RunningAgent first("a", model.address(), only("a"));
  const RunningAgent second("b", canary_model.address(), split("b", "a", first.address(), 100));
  wire::Routes loop = split("a", "b", second.address(), 100);
  loop.generation = 2;
  write(first.folder / "routes.json", schema::to_json(loop).dump());
  ASSERT_TRUE(eventually([&] { return first.metric("gyre_agent_routes_generation") == 2; })) << "routes are reloaded";
  httplib::Client client("127.0.0.1", first.port);
  const auto answer = client.Post(kInfer, kRow, kJson);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(canary_model.requests, 1);
  EXPECT_EQ(model.requests, 0);
}

TEST_F(AgentTest, ServesItselfWhatTheCanaryRefuses) {
  const RunningAgent former("b", canary_model.address(), only("a"));
  const RunningAgent stable("a", model.address(), split("a", "b", former.address(), 100));
  httplib::Client client("127.0.0.1", stable.port);
  const auto answer = client.Post(kInfer, kRow, kJson);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value(wire::kRevisionHeader), "a");
  EXPECT_EQ(model.requests, 1);
  EXPECT_EQ(canary_model.requests, 0);
  EXPECT_EQ(stable.metric(R"(gyre_agent_requests_total{service="s",revision="b")"), -1) << "a refusal is no request";
}

TEST_F(AgentTest, ServesItselfWhenTheCanaryIsAwayAndCountsThatAgainstIt) {
  canary_model.stop();
  const RunningAgent stable("a", model.address(), split("a", "b", canary_model.address(), 100));
  httplib::Client client("127.0.0.1", stable.port);
  const auto answer = client.Post(kInfer, kRow, kJson);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(stable.metric(R"(gyre_agent_errors_total{service="s",revision="b",route="forwarded"})"), 1);
  EXPECT_EQ(stable.metric(R"(gyre_agent_connect_failures_total{service="s",revision="b",route="forwarded"})"), 1);
  EXPECT_EQ(stable.metric(R"(gyre_agent_errors_total{service="s",revision="a",route="self"})"), 0);
}

TEST_F(AgentTest, PassesTheServersErrorsThrough) {
  const RunningAgent agent("a", model.address(), only("a"));
  httplib::Client client("127.0.0.1", agent.port);
  const auto answer = client.Get("/fails");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(answer->body, "the model broke");
  EXPECT_EQ(agent.metric(R"(gyre_agent_errors_total{service="s",revision="a",route="self"})"), 1);
}

TEST_F(AgentTest, SaysWhenTheServerIsAway) {
  model.stop();
  const RunningAgent agent("a", model.address(), only("a"));
  httplib::Client client("127.0.0.1", agent.port);
  EXPECT_EQ(client.Post(kInfer, kRow, kJson)->status, 502);
  EXPECT_EQ(client.Get("/gyre/readyz")->status, 503);
  EXPECT_EQ(client.Get("/gyre/healthz")->status, 200);
}

TEST_F(AgentTest, GivesUpWhenTheServerTakesTooLong) {
  Server slow;
  std::promise<void> done;
  slow.http().Get("/slow",
                  [&, wait = done.get_future().share()](const httplib::Request&, httplib::Response&) { wait.wait(); });
  slow.start();
  const RunningAgent agent("a", slow.address(), only("a"),
                           [](Config& config) { config.timeout = std::chrono::milliseconds(100); });
  httplib::Client client("127.0.0.1", agent.port);
  const auto answer = client.Get("/slow");
  done.set_value();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 504);
}

TEST_F(AgentTest, IsReadyOnlyWithRoutes) {
  RunningAgent agent("a", model.address(), only("a"), [](Config& config) { config.routes_file += ".later"; });
  httplib::Client client("127.0.0.1", agent.port);
  EXPECT_EQ(client.Get("/gyre/readyz")->status, 503);
  write(agent.folder / "routes.json.later", schema::to_json(only("a")).dump());
  EXPECT_TRUE(eventually([&] { return client.Get("/gyre/readyz")->status == 200; }));
}

TEST_F(AgentTest, FollowsAConfigMapsSwap) {
  const Folder mount;
  const auto version = [&](const std::string& name, const wire::Routes& routes) {
    std::filesystem::create_directories(mount / name);
    write(mount / (name + "/routes.json"), schema::to_json(routes).dump());
  };
  version("v1", only("a"));
  std::filesystem::create_symlink("v1", mount / "..data");
  std::filesystem::create_symlink("..data/routes.json", mount / "routes.json");
  const RunningAgent agent("a", model.address(), only("a"),
                           [&](Config& config) { config.routes_file = mount / "routes.json"; });
  wire::Routes newer = split("a", "b", canary_model.address(), 25);
  newer.generation = 7;
  version("v2", newer);
  std::filesystem::create_symlink("v2", mount / "..tmp");
  std::filesystem::rename(mount / "..tmp", mount / "..data");
  EXPECT_TRUE(eventually([&] { return agent.metric("gyre_agent_canary_weight") == 25; }));
}

TEST_F(AgentTest, CarriesBigBodiesUnchanged) {
  const RunningAgent canary("b", canary_model.address(), split("a", "b", "127.0.0.1:9", 50));
  const RunningAgent stable("a", model.address(), split("a", "b", canary.address(), 50));
  std::string body(8 * 1024 * 1024 + 7, 'x');
  for (std::size_t i = 0; i < body.size(); i += 97) body[i] = static_cast<char>(i);
  httplib::Client client("127.0.0.1", stable.port);
  for (const std::string revision : {"a", "b"}) {
    const auto answer = client.Post("/echo", {{"Expect", "100-continue"}}, body, "application/octet-stream");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->get_header_value(wire::kRevisionHeader), revision);
    EXPECT_TRUE(answer->body == body);
  }
}

TEST_F(AgentTest, RefusesBodiesBeyondItsMemory) {
  const RunningAgent agent("a", model.address(), only("a"));
  httplib::Client client("127.0.0.1", agent.port);
  const auto answer = client.Post("/echo", std::string(64 * 1024 * 1024 + 1, 'x'), "text/plain");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
}

TEST_F(AgentTest, StreamsAnswersAsTheyCome) {
  Server server;
  std::promise<void> first_read;
  server.http().Get(
      "/stream", [&, go = first_read.get_future().share()](const httplib::Request&, httplib::Response& response) {
        response.set_chunked_content_provider("text/plain", [go](std::size_t offset, httplib::DataSink& sink) {
          if (offset > 0) go.wait();  // The second piece is not sent before the first has arrived.
          sink.write(offset > 0 ? "second" : "first ", 6);
          if (offset > 0) sink.done();
          return true;
        });
      });
  server.start();
  const RunningAgent agent("a", server.address(), only("a"));
  httplib::Client client("127.0.0.1", agent.port);
  std::string got;
  const auto answer = client.Get("/stream", [&](const char* data, std::size_t size) {
    if (got.empty()) first_read.set_value();
    got.append(data, size);
    return true;
  });
  ASSERT_TRUE(answer);
  EXPECT_EQ(got, "first second");
}

TEST_F(AgentTest, ARetiredRevisionAsksItsClientsToGo) {
  const RunningAgent agent("a", model.address(), only("b"));
  httplib::Client client("127.0.0.1", agent.port);
  client.set_keep_alive(true);
  const auto answer = client.Post(kInfer, kRow, kJson);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value("Connection"), "close");
}

TEST_F(AgentTest, FinishesWhatIsInFlightBeforeItEnds) {
  Server server;
  std::promise<void> arrived, release;
  server.http().Get("/slow",
                    [&, go = release.get_future().share()](const httplib::Request&, httplib::Response& response) {
                      arrived.set_value();
                      go.wait();
                      response.set_content("done", "text/plain");
                    });
  server.start();
  RunningAgent agent("a", server.address(), only("a"));
  auto answer = std::async(std::launch::async, [port = agent.port] {
    httplib::Client client("127.0.0.1", port);
    client.set_keep_alive(true);
    return client.Get("/slow");
  });
  arrived.get_future().wait();
  agent.begin_drain();
  httplib::Client probe("127.0.0.1", agent.port);
  EXPECT_EQ(probe.Get("/gyre/readyz")->status, 503);
  release.set_value();
  agent.drain();
  const auto got = answer.get();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "done");
}

// A collector that keeps what it is told.
class Collector : public Server {
 public:
  Collector() {
    http().Post(wire::kSyncPath, [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex);
      last_sync = *schema::from_json<wire::SyncRequest>(nlohmann::json::parse(request.body));
      wire::SyncResponse told;
      told.bucket_seconds = bucket_seconds;
      if (routes.generation > last_sync.generation) told.routes = routes;
      response.set_content(schema::to_json(told).dump(), kJson);
    });
    http().Post(wire::kBucketsPath, [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex);
      ++deliveries;
      if (deliveries <= refusals) {
        response.status = 503;
        return;
      }
      last_delivery = *schema::from_json<wire::BucketsRequest>(nlohmann::json::parse(request.body));
      wire::BucketsResponse told;
      for (const wire::Bucket& bucket : last_delivery.buckets) {
        buckets[bucket.sequence] = bucket;
        told.acknowledged.push_back(bucket.sequence);
      }
      response.set_content(schema::to_json(told).dump(), kJson);
    });
  }
  wire::SyncRequest sync() {
    const std::lock_guard lock(mutex);
    return last_sync;
  }
  wire::Bucket bucket(std::int64_t sequence) {
    const std::lock_guard lock(mutex);
    return buckets.at(sequence);
  }

  std::mutex mutex;
  wire::SyncRequest last_sync;
  wire::Routes routes;
  std::int64_t bucket_seconds = 0;
  int deliveries = 0;
  int refusals = 0;
  wire::BucketsRequest last_delivery;
  std::map<std::int64_t, wire::Bucket> buckets;
};

wire::Profile two_bins(const std::string& name) {
  return {name, "numeric", {0, 1, 2}, {}, std::vector<std::int64_t>(8), 0, 0, 0, 0};
}

std::string baseline() {
  wire::Baseline made;
  made.features = {two_bins("x"), two_bins("y")};
  made.predictions = {two_bins("prediction")};
  return schema::to_json(made).dump();
}

class ReportingTest : public AgentTest {
 protected:
  void SetUp() override {
    AgentTest::SetUp();
    write(inputs / "baseline.json", baseline());
    write(inputs / "token", "secret");
  }
  void adjust(Config& config) const {
    config.collector = "http://" + collector.address();
    config.token_file = inputs / "token";
    config.baseline_file = inputs / "baseline.json";
    config.baseline_digest = sha256_digest(baseline());
  }
  Folder inputs;
  Collector collector;
};

TEST_F(ReportingTest, ReportsCountersAndTakesRoutes) {
  collector.routes = split("a", "b", canary_model.address(), 40);
  collector.routes.generation = 9;
  collector.start();
  const RunningAgent agent("a", model.address(), only("a"), [&](Config& config) { adjust(config); });
  ASSERT_TRUE(eventually([&] { return collector.sync().generation == 9; })) << "the next call acknowledges";
  httplib::Client client("127.0.0.1", agent.port);
  for (int i = 0; i < 5; ++i) ASSERT_EQ(client.Get("/fails")->status, 500);
  ASSERT_TRUE(eventually([&] { return collector.sync().served.requests == 3; }));
  const wire::SyncRequest sync = collector.sync();
  EXPECT_EQ(sync.service, "s");
  EXPECT_EQ(sync.revision, "a");
  EXPECT_EQ(sync.served.errors, 3);
  ASSERT_EQ(sync.forwarded.size(), 1u);
  EXPECT_EQ(sync.forwarded[0].revision, "b");
  EXPECT_EQ(sync.forwarded[0].requests, 2);
  EXPECT_EQ(sync.forwarded[0].errors, 2);
}

TEST_F(ReportingTest, HandsEveryRowOverWhenItEnds) {
  collector.bucket_seconds = 3600;
  collector.refusals = 1;
  collector.start();
  RunningAgent agent("a", model.address(), only("a"), [&](Config& config) { adjust(config); });
  httplib::Client client("127.0.0.1", agent.port);
  const auto ask = [&] { return client.Post(kInfer, infer_body({{0.5, 1.5}, {1.5, 7}}), kJson)->status; };
  // Profiling starts with the first answer of the collector, and lags behind what is asked.
  ASSERT_TRUE(eventually([&] { return ask() == 200 && agent.metric("gyre_agent_profiled_rows_total") > 0; }));
  const int before = model.requests;
  for (int i = 0; i < 50; ++i) ASSERT_EQ(ask(), 200);
  const std::string odd_rows = infer_body({{0.5, 1.5}, {1.5, 7}, {1.5, 7}});
  ASSERT_EQ(client.Post(kInfer, {{wire::kPinHeader, "stable"}}, odd_rows, kJson)->status, 200);
  EXPECT_EQ(model.requests, before + 51);
  agent.drain();

  std::int64_t rows = 0, low_x = 0, above_y = 0, predictions = 0;
  for (const auto& [sequence, bucket] : collector.buckets) {
    EXPECT_EQ(bucket.start % 3600, 0);
    rows += bucket.rows;
    low_x += bucket.features[0].counts[1];
    above_y += bucket.features[1].counts[3];
    predictions += bucket.predictions[0].counts[1] + bucket.predictions[0].counts[2];
  }
  EXPECT_GE(rows, 2 * 50 + 2);
  EXPECT_LE(rows, 2 * (before + 50));
  EXPECT_EQ(rows % 2, 0) << "pinned rows are not profiled";
  EXPECT_EQ(low_x, rows / 2);
  EXPECT_EQ(above_y, rows / 2);
  EXPECT_EQ(predictions, rows);
  EXPECT_EQ(collector.last_delivery.model_version, "m-1");
  EXPECT_EQ(collector.last_delivery.baseline_digest, sha256_digest(baseline()));
}

TEST_F(ReportingTest, SendsWhatAnEarlierContainerLeft) {
  collector.start();
  const Folder volume;
  std::filesystem::create_directories(volume / "buckets");
  wire::Bucket left;
  left.sequence = 5;
  left.seconds = 10;
  left.rows = 3;
  write(volume / "buckets/bucket-5.json", schema::to_json(left).dump());
  const RunningAgent agent("a", model.address(), only("a"), [&](Config& config) {
    adjust(config);
    config.buckets_folder = volume / "buckets";
  });
  ASSERT_TRUE(eventually([&] { return !std::filesystem::exists(volume / "buckets/bucket-5.json"); }));
  EXPECT_EQ(collector.bucket(5).rows, 3);
}

TEST_F(ReportingTest, ServesUnprofiledWithABaselineOfAnotherDigest) {
  collector.bucket_seconds = 1;
  collector.start();
  const RunningAgent agent("a", model.address(), only("a"), [&](Config& config) {
    adjust(config);
    config.baseline_digest = sha256_digest("other");
  });
  httplib::Client client("127.0.0.1", agent.port);
  EXPECT_EQ(client.Post(kInfer, kRow, kJson)->status, 200);
  EXPECT_FALSE(std::filesystem::exists(agent.folder / "buckets"));
}

TEST(Agent, SaysWhichPortIsTaken) {
  Model model;
  model.start();
  Config config;
  config.listen = {"127.0.0.1", static_cast<std::uint16_t>(model.port())};
  const SystemClock clock;
  const auto agent = Agent::make(config, clock);
  ASSERT_FALSE(agent);
  EXPECT_NE(agent.error().message.find(model.address()), std::string::npos);
}

}  // namespace
}  // namespace gyre::agent
