// An API server that answers in protocol buffers, as far as the runtime is concerned.
#include "tests/support/protobuf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <mutex>
#include <thread>

#include "crds/builtin/config_map.h"
#include "operator/runtime/api.h"
#include "operator/runtime/reflector.h"
#include "tests/support/eventually.h"

namespace gyre::runtime {
namespace {

using support::eventually;
using support::integer_field;
using support::map_field;
using support::map_message;
using support::meta_message;
using support::prefixed;
using support::sealed;
using support::text_field;
using support::watch_frame;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Kind kMap = kind_of(Type<ConfigMap>{});
constexpr char kProtobufType[] = "application/vnd.kubernetes.protobuf";

const std::string kNewerField = text_field(99, "that an API server of a later release sends");

std::string map_x(std::string_view value, std::string_view extra = "", std::string_view version = "7") {
  return sealed("v1", "ConfigMap", map_message(meta_message("n", "x", version), "k", value) + std::string(extra));
}

std::string end_of_initial_events() {
  const std::string meta = meta_message("", "", "8") + map_field(12, kube::kInitialEventsEnd, "true");
  return watch_frame("BOOKMARK", sealed("v1", "ConfigMap", text_field(1, meta)));
}

// Answers with what it was given: in protocol buffers where they are accepted, else in JSON.
class TwoTonguedServer {
 public:
  // Of a watch the whole stream, which then stays open.
  TwoTonguedServer(std::string protobuf, std::string json, int status = 200)
      : protobuf_(std::move(protobuf)), json_(std::move(json)), status_(status) {
    http_.Get("/api/v1/configmaps", [this](const httplib::Request& request, httplib::Response& response) {
      const std::string bytes = choose(request, response);
      const std::string type = response.get_header_value("Content-Type");
      response.headers.erase("Content-Type");
      response.set_chunked_content_provider(type, [this, bytes](std::size_t sent, httplib::DataSink& sink) {
        if (sent == 0) return sink.write(bytes.data(), bytes.size());
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return !stopped_;
      });
    });
    http_.Delete("/api/v1/namespaces/n/configmaps/x",
                 [this](const httplib::Request& request, httplib::Response& response) {
                   response.body = choose(request, response);
                 });
    http_.Post("/api/v1/namespaces/n/configmaps", [this](const httplib::Request& request, httplib::Response& response) {
      response.body = choose(request, response);
      response.status = status_;
    });
    port_ = http_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { http_.listen_after_bind(); });
    http_.wait_until_ready();
  }
  ~TwoTonguedServer() {
    stopped_ = true;
    http_.stop();
  }

  kube::Config config() const {
    kube::Config config;
    config.server = "http://127.0.0.1:" + std::to_string(port_);
    return config;
  }
  std::vector<std::string> accepted() {
    const std::lock_guard lock(mutex_);
    return accepted_;
  }

 private:
  std::string choose(const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(mutex_);
    accepted_.push_back(request.get_header_value("Accept"));
    const bool wants_protobuf = accepted_.back().starts_with(kProtobufType);
    response.set_header("Content-Type", wants_protobuf ? kProtobufType : "application/json");
    return wants_protobuf ? protobuf_ : json_;
  }

  const std::string protobuf_, json_;
  const int status_;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::vector<std::string> accepted_;  // GUARDED_BY(mutex_)
  httplib::Server http_;
  int port_ = 0;
  std::jthread thread_;
};

// A reflector of ConfigMaps, until it has gone.
class Following {
 public:
  explicit Following(const TwoTonguedServer& server) : client_(server.config()) {
    cache_.declare<ConfigMap>();
    reflector_.emplace(client_, *cache_.entries().begin()->second, "", clock_, metrics_, Reflector::Timing{});
    thread_ = std::jthread([this](std::stop_token stop) { reflector_->run(stop); });
  }

  // What is said of k in x, once the cache is filled.
  std::string value() {
    if (!eventually([&] { return reflector_->is_synced(); })) return "never filled";
    const auto found = cache_.get<ConfigMap>({"n", "x"});
    return found ? found->data.at("k") : "absent";
  }

 private:
  kube::Client client_;
  Cache cache_;
  const SystemClock clock_;
  Metrics metrics_;
  std::optional<Reflector> reflector_;
  std::jthread thread_;
};

constexpr char kJsonStream[] =
    R"({"type":"ADDED","object":{"metadata":{"namespace":"n","name":"x","resourceVersion":"8"},"data":{"k":"from JSON"}}})"
    "\n"
    R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"8","annotations":{"k8s.io/initial-events-end":"true"}}}})"
    "\n";

TEST(ProtobufWatching, ABuiltInKindIsReadInProtocolBuffers) {
  TwoTonguedServer server(prefixed(watch_frame("ADDED", map_x("from protobuf"))) + prefixed(end_of_initial_events()),
                          kJsonStream);
  EXPECT_EQ(Following(server).value(), "from protobuf");
}

TEST(ProtobufWatching, WhatCannotBeReadLaterIsReadAsJsonAndNothingIsLost) {
  const std::string filled = prefixed(watch_frame("ADDED", map_x("from protobuf"))) + prefixed(end_of_initial_events());
  for (const std::string& bad : {watch_frame("MODIFIED", map_x("newer", kNewerField, "8")), std::string("\n\xff")}) {
    TwoTonguedServer server(filled + prefixed(bad), kJsonStream);
    Following following(server);
    EXPECT_TRUE(eventually([&] { return following.value() == "from JSON"; }));
    EXPECT_THAT(server.accepted(), ElementsAre(kube::kProtobufOrJson, kube::kJson));
  }
}

TEST(ProtobufWatching, AKindWithAFieldThatWeDoNotKnowIsReadAsJson) {
  TwoTonguedServer server(
      prefixed(watch_frame("ADDED", map_x("from protobuf", kNewerField))) + prefixed(end_of_initial_events()),
      kJsonStream);
  EXPECT_EQ(Following(server).value(), "from JSON");
  EXPECT_THAT(server.accepted(), ElementsAre(kube::kProtobufOrJson, kube::kJson));
}

TEST(ProtobufWriting, AnAnswerIsReadInProtocolBuffers) {
  TwoTonguedServer server(map_x("v"), "{}");
  kube::Client client(server.config());
  const auto made = ClientApi(client).create(kMap, {{"metadata", {{"namespace", "n"}, {"name", "x"}}}}, "gyre-test");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->key, (Key{"n", "x"}));
  EXPECT_EQ(made->version, "7");
  EXPECT_THAT(made->text, HasSubstr(R"("k":"v")"));
}

TEST(ProtobufWriting, AnAnswerWithAFieldThatWeDoNotKnowIsLostAndTheNextOneIsAskedForAsJson) {
  TwoTonguedServer server(map_x("v", kNewerField), R"({"metadata":{"namespace":"n","name":"x"}})");
  kube::Client client(server.config());
  ClientApi api(client);
  const nlohmann::json object = {{"metadata", {{"namespace", "n"}, {"name", "x"}}}};
  const auto first = api.create(kMap, object, "gyre-test");
  ASSERT_FALSE(first);
  EXPECT_TRUE(kube::is_answer_lost(first.error()));
  EXPECT_TRUE(api.create(kMap, object, "gyre-test"));
  EXPECT_THAT(server.accepted(), ElementsAre(kube::kProtobufOrJson, kube::kJson));
}

TEST(ProtobufWriting, ARefusalIsReadInProtocolBuffersToo) {
  const std::string refusal = text_field(2, "Failure") + text_field(3, "configmaps \"x\" already exists") +
                              text_field(4, "AlreadyExists") + integer_field(6, 409);
  TwoTonguedServer server(sealed("v1", "Status", refusal), "", 409);
  kube::Client client(server.config());
  const auto made = ClientApi(client).create(kMap, {{"metadata", {{"namespace", "n"}, {"name", "x"}}}}, "gyre-test");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kAlreadyExists);
  EXPECT_THAT(made.error().message, HasSubstr("already exists"));
}

TEST(ProtobufWriting, WhatIsLeftOfADeletedObjectIsReadInProtocolBuffers) {
  const auto left = [](const std::string& answer) {
    TwoTonguedServer server(answer, "");
    kube::Client client(server.config());
    return ClientApi(client).delete_(kMap, {"n", "x"}, {}, Propagation::kBackground).value();
  };
  const std::string ending = text_field(9, integer_field(1, 1'700'000'000));
  EXPECT_FALSE(left(sealed("v1", "Status", text_field(2, "Success"))));
  EXPECT_FALSE(left(map_x("v")));
  const auto rest = left(sealed("v1", "ConfigMap", text_field(1, meta_message("n", "x", "9") + ending)));
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->version, "9");
}

TEST(ProtobufWriting, KindsOfOurOwnAreAskedForAsJson) {
  kube::Client client(kube::Config{});
  EXPECT_EQ(client.encoding_of(kMap), kube::kProtobufOrJson);
  EXPECT_EQ(client.encoding_of({"gyre.dev", "v1alpha1", "TrainingJob", "trainingjobs"}), kube::kJson);
}

}  // namespace
}  // namespace gyre::runtime
