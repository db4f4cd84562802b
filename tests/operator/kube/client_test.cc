#include "operator/kube/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/operator/kube/short_lived_server.h"
#include "tests/support/environment.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_api_server.h"

namespace gyre::kube {
namespace {

using support::eventually;
using support::FakeApiServer;
using testing::HasSubstr;

constexpr char kItem[] = "/api/v1/namespaces/a/configmaps/x";
constexpr char kOtherItem[] = "/api/v1/namespaces/a/configmaps/y";

Request get_request() {
  Request request;
  request.path = kItem;
  request.verb = "get";
  request.resource = "configmaps";
  return request;
}

Request watch_request() {
  Request request;
  request.path = "/api/v1/namespaces/a/configmaps";
  request.query = {{"watch", "true"}, {"sendInitialEvents", "true"}};
  request.verb = "watch";
  request.resource = "configmaps";
  return request;
}

TEST(Client, AnAnswerIsItsJson) {
  FakeApiServer server;
  server.put(kItem, {{"data", {{"k", "v"}}}});
  Client client(server.config());
  const auto answer = client.send(get_request());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ((*answer)["data"]["k"], "v");
}

TEST(Client, AStatusIsAnErrorWithTheServersWords) {
  FakeApiServer server;
  Client client(server.config());
  const auto answer = client.send(get_request());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kNotFound);
  EXPECT_THAT(answer.error().message, HasSubstr("\"x\" not found"));
}

TEST(Client, RetryAfterIsKept) {
  FakeApiServer server;
  server.inject({.status = 429, .retry_after = "3"});
  Client client(server.config());
  const auto answer = client.send(get_request());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kThrottled);
  EXPECT_EQ(answer.error().retry_after_seconds, 3);
}

TEST(Client, AnAnswerThatIsNotJsonIsUnavailable) {
  FakeApiServer server;
  server.inject({.status = 200, .body = "{\"metadata\":"});
  Client client(server.config());
  const auto answer = client.send(get_request());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_EQ(answer.error().reason, "TruncatedAnswer");
}

TEST(Client, AnAnswerThatIsNoObjectIsUnavailableAndQuoted) {
  FakeApiServer server;
  server.inject({.status = 200, .body = R"(["surprise"])"});
  Client client(server.config());
  const auto answer = client.send(get_request());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("surprise"));
}

TEST(Client, ALoginPageIsUnavailable) {
  FakeApiServer server;
  server.inject({.status = 302, .body = "<html>log in</html>"});
  Client client(server.config());
  const auto answer = client.send_text(get_request());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("302"));
}

TEST(Client, AnAnswerThatBreaksOffIsUnavailableAlthoughTheWriteWasCarriedOut) {
  FakeApiServer server;
  server.inject({.method = "POST", .lose_answer = true});
  Client client(server.config());
  Request create;
  create.method = Method::kPost;
  create.path = "/api/v1/namespaces/a/configmaps";
  create.body = R"({"metadata":{"name":"x"}})";
  const auto answer = client.send(create);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_TRUE(is_answer_lost(answer.error()));
  EXPECT_FALSE(server.get(kItem).is_null());
  EXPECT_EQ(server.calls().size(), 1u);
}

TEST(Client, ASlowAnswerIsATimeout) {
  FakeApiServer server;
  server.inject({.delay = std::chrono::seconds(30)});
  Client client(server.config());
  Request request = get_request();
  request.timeout = Duration(50);
  const auto answer = client.send(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kTimeout);
}

TEST(Client, AReadWhoseConnectionBreaksIsTriedOnceMore) {
  FakeApiServer server;
  server.put(kItem, nlohmann::json::object());
  server.inject({.method = "GET", .lose_answer = true});
  Client client(server.config());
  EXPECT_TRUE(client.send(get_request()));
  EXPECT_EQ(server.calls().size(), 2u);
  server.inject({.method = "GET", .times = 2, .lose_answer = true});
  const auto answer = client.send(get_request());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_EQ(server.calls().size(), 4u);
}

TEST(Client, TheTimeoutIsThatOfAllAttemptsTogether) {
  FakeApiServer server;
  server.put(kItem, nlohmann::json::object());
  server.inject({.method = "GET", .delay = Duration(500), .lose_answer = true});
  server.inject({.method = "GET", .delay = Duration(800)});
  Client client(server.config());
  Request request = get_request();
  request.timeout = std::chrono::seconds(1);
  const auto answer = client.send(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kTimeout) << answer.error().message;
}

TEST(Client, AWriteThatTookAConnectionAgainAndBrokeIsLostAndNotSentTwice) {
  ShortLivedServer server;
  Config config;
  config.server = "http://127.0.0.1:" + std::to_string(server.port());
  Client client(config);
  Request write = get_request();
  write.method = Method::kPatch;
  write.body = "{}";
  ASSERT_TRUE(client.send(write));
  const auto answer = client.send(write);
  ASSERT_FALSE(answer);
  EXPECT_TRUE(is_answer_lost(answer.error())) << answer.error().message;
  EXPECT_THAT(answer.error().message, HasSubstr("broke before the answer"));
  EXPECT_EQ(server.requests(), 2);
  EXPECT_TRUE(client.send(write)) << "on a connection of its own";
}

TEST(Client, ManyRequestsAreUnderWayAtTheSameTime) {
  FakeApiServer server;
  server.put(kItem, nlohmann::json::object());
  server.inject({.method = "GET", .times = 40, .delay = std::chrono::seconds(1)});
  Client client(server.config());
  const auto begin = std::chrono::steady_clock::now();
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 40; ++i) threads.emplace_back([&] { answered += client.send(get_request()).has_value(); });
  }
  EXPECT_EQ(answered, 40);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
}

TEST(Client, AnAnswerThatIsTooLargeIsCutOff) {
  FakeApiServer server;
  server.inject({.status = 200, .body = std::string((std::size_t{64} << 20) + 1, ' ')});
  Client client(server.config());
  const auto answer = client.send(get_request());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("larger than 64 MiB"));
}

TEST(Watch, AFrameThatIsTooLargeEndsIt) {
  FakeApiServer server;
  Client client(server.config());
  std::jthread later([&] {
    eventually([&] { return server.open_watches() == 1; });
    server.send_raw(std::string((std::size_t{16} << 20) + 1, 'x'));
  });
  int lines = 0;
  const auto ended = client.watch(watch_request(), [&](std::string_view) { ++lines; }, {});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kUnavailable);
  EXPECT_THAT(ended.error().message, HasSubstr("a frame is larger than 16 MiB"));
  EXPECT_EQ(lines, 1);
}

TEST(Client, AServerThatIsNotThereIsUnavailable) {
  Config config;
  {
    const FakeApiServer gone;
    config = gone.config();
  }
  Client client(config);
  const auto answer = client.send(get_request());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
}

TEST(Client, EveryExchangeIsReported) {
  FakeApiServer server;
  std::vector<Exchange> seen;
  Client client(server.config(), [&](const Exchange& exchange) { seen.push_back(exchange); });
  (void)client.send(get_request());
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].verb, "get");
  EXPECT_EQ(seen[0].resource, "configmaps");
  EXPECT_EQ(seen[0].method, "GET");
  EXPECT_EQ(seen[0].code, "404");
}

TEST(Client, ATokenThatWasRotatedIsReadAgainAfter401) {
  const support::Folder folder;
  const std::string file = folder.write("token", "old");
  FakeApiServer server;
  server.put(kItem, nlohmann::json::object());
  server.require_token("old");
  Config config = server.config();
  config.token_file = file;
  Client client(config);
  EXPECT_TRUE(client.send(get_request()));
  server.require_token("new");
  folder.write("token", "new\n");
  EXPECT_TRUE(client.send(get_request()));
  server.require_token("newer");
  const auto refused = client.send(get_request());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnauthorized);
}

TEST(Client, CancelledWritesOfTheLeaderEndAndAllElseGoesOn) {
  FakeApiServer server;
  for (const char* item : {kItem, kOtherItem}) server.put(item, nlohmann::json::object());
  server.inject({.method = "DELETE", .part = kItem, .delay = std::chrono::seconds(30)});
  server.inject({.method = "DELETE", .part = kOtherItem, .delay = Duration(300)});
  server.inject({.method = "GET", .delay = Duration(300)});
  Client client(server.config());
  Result<nlohmann::json> leaders, others, read;
  std::jthread reader([&] { read = client.send(get_request()); });
  Request deletion = get_request();
  deletion.method = Method::kDelete;
  std::jthread leader([&, deletion] mutable {
    deletion.is_leaders = true;
    leaders = client.send(deletion);
  });
  std::jthread other([&, deletion] mutable {
    deletion.path = kOtherItem;
    others = client.send(deletion);
  });
  ASSERT_TRUE(eventually([&] { return server.calls().size() == 3; }));
  client.cancel_writes();
  for (std::jthread* each : {&reader, &leader, &other}) each->join();
  ASSERT_FALSE(leaders);
  EXPECT_EQ(leaders.error().code, Code::kCancelled);
  EXPECT_TRUE(others) << others.error().message;
  EXPECT_TRUE(read) << read.error().message;
}

// Runs a watch on a thread of its own.
struct Watching {
  explicit Watching(Client& client, Request request = watch_request())
      : thread([this, &client, request] {
          result = client.watch(request, [this](std::string_view) { ++lines; }, stop.get_token());
          ended = true;
        }) {}

  std::stop_source stop;
  std::atomic<int> lines = 0;
  std::atomic<bool> ended = false;
  Result<void> result;
  std::jthread thread;
};

TEST(Watch, LinesComeAsTheyHappenUntilTheServerCloses) {
  FakeApiServer server;
  server.put(kItem, nlohmann::json::object());
  Client client(server.config());
  Watching watch(client);
  ASSERT_TRUE(eventually([&] { return watch.lines == 2; }));
  server.put("/api/v1/namespaces/a/configmaps/y", nlohmann::json::object());
  ASSERT_TRUE(eventually([&] { return watch.lines == 3; }));
  server.close_watches();
  ASSERT_TRUE(eventually([&] { return watch.ended.load(); }));
  EXPECT_TRUE(watch.result);
}

TEST(Watch, AStopEndsItAsCancelled) {
  FakeApiServer server;
  Client client(server.config());
  Watching watch(client);
  ASSERT_TRUE(eventually([&] { return watch.lines == 1; }));
  watch.stop.request_stop();
  ASSERT_TRUE(eventually([&] { return watch.ended.load(); }));
  ASSERT_FALSE(watch.result);
  EXPECT_EQ(watch.result.error().code, Code::kCancelled);
}

TEST(Watch, AStopAskedForBeforeEndsItToo) {
  FakeApiServer server;
  Client client(server.config());
  std::stop_source stop;
  stop.request_stop();
  const auto result = client.watch(watch_request(), [](std::string_view) {}, stop.get_token());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kCancelled);
}

TEST(Watch, ABrokenConnectionIsUnavailable) {
  FakeApiServer server;
  Client client(server.config());
  Watching watch(client);
  ASSERT_TRUE(eventually([&] { return watch.lines == 1; }));
  server.cut_watches();
  ASSERT_TRUE(eventually([&] { return watch.ended.load(); }));
  ASSERT_FALSE(watch.result);
  EXPECT_EQ(watch.result.error().code, Code::kUnavailable);
}

TEST(Watch, ARefusalIsAnErrorAndGivesNoLines) {
  FakeApiServer server;
  server.inject({.status = 403,
                 .body = R"({"reason":"Forbidden","message":"no"})"
                         "\n"});
  Client client(server.config());
  Watching watch(client);
  ASSERT_TRUE(eventually([&] { return watch.ended.load(); }));
  ASSERT_FALSE(watch.result);
  EXPECT_EQ(watch.result.error().code, Code::kForbidden);
  EXPECT_EQ(watch.lines, 0);
}

TEST(Watch, ManyWatchesAndRequestsShareTheClient) {
  FakeApiServer server;
  server.put(kItem, nlohmann::json::object());
  Client client(server.config());
  std::vector<std::unique_ptr<Watching>> watches;
  for (int i = 0; i < 10; ++i) watches.push_back(std::make_unique<Watching>(client));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(client.send(get_request()));
  for (const auto& watch : watches) EXPECT_TRUE(eventually([&] { return watch->lines == 2; }));
  for (const auto& watch : watches) watch->stop.request_stop();
}

}  // namespace
}  // namespace gyre::kube
