// What we rely on an API server to do. The fake of tests/support is held to the same as a real one.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <random>
#include <thread>

#include "crds/builtin/config_map.h"
#include "crds/builtin/deployment.h"
#include "crds/builtin/job.h"
#include "crds/builtin/pod.h"
#include "crds/builtin/service.h"
#include "operator/kube/protobuf/object.h"
#include "operator/runtime/api.h"
#include "operator/runtime/leader.h"
#include "operator/runtime/reflector.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_api_server.h"

namespace gyre {
namespace {

using Json = nlohmann::json;
using support::eventually;
using testing::HasSubstr;

constexpr Kind kNamespace{"", "v1", "Namespace", "namespaces"};
constexpr Kind kMap = kind_of(Type<ConfigMap>{});
// A kind with a status that no controller of a bare cluster writes.
constexpr Kind kIngress{"networking.k8s.io", "v1", "Ingress", "ingresses"};
constexpr char kManager[] = "gyre-conformance";

enum class Server { kFake, kCluster };

class Conformance : public testing::TestWithParam<Server> {
 protected:
  void SetUp() override {
    kube::Config config;
    if (GetParam() == Server::kFake) {
      fake_ = std::make_unique<support::FakeApiServer>();
      config = fake_->config();
    } else {
      const char* file = std::getenv("KUBECONFIG");
      if (!file || !*file) GTEST_SKIP() << "set KUBECONFIG to a cluster to hold it to the same tests";
      auto found = kube::find_config("");
      ASSERT_TRUE(found) << found.error().message;
      config = *found;
    }
    client_ = std::make_unique<kube::Client>(config);
    api_ = std::make_unique<runtime::ClientApi>(*client_);
    space_ = fmt::format("gyre-conformance-{:08x}", std::random_device{}());
    const auto made = api_->create(
        kNamespace, {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", space_}}}}, kManager);
    ASSERT_TRUE(made) << made.error().message;
  }
  void TearDown() override {
    if (api_) (void)api_->delete_(kNamespace, {"", space_}, {}, Propagation::kBackground);
  }

  Key key(const std::string& name) const { return {space_, name}; }
  Json map(const std::string& name, const Json& data) const {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", name}, {"namespace", space_}, {"labels", {{"test", "conformance"}}}}},
            {"data", data}};
  }
  Json create(const Json& object) {
    const auto made = api_->create(kMap, object, kManager);
    EXPECT_TRUE(made) << made.error().message;
    return made ? of(*made) : Json::object();
  }
  Json get(const std::string& name) { return api_->get(kMap, key(name)).value_or(Json()); }
  static std::string text(const Json& object, const char* member) { return object["metadata"].value(member, ""); }
  static Json of(const kube::RawObject& answer) { return Json::parse(answer.text); }
  template <class T>
  static Code code(const Result<T>& result) {
    return result ? Code::kInternal : result.error().code;
  }

  kube::Request request(kube::Method method, const std::string& name) const {
    kube::Request out;
    out.method = method;
    out.path = name.empty() ? kube::collection_path(kMap, space_) : kube::object_path(kMap, key(name));
    out.verb = "test";
    out.resource = "configmaps";
    return out;
  }
  Result<Json> put(const Json& object) {
    kube::Request out = request(kube::Method::kPut, object["metadata"]["name"]);
    out.query = {{"fieldManager", kManager}};
    out.body = object.dump();
    return client_->send(out);
  }

  std::unique_ptr<support::FakeApiServer> fake_;
  std::unique_ptr<kube::Client> client_;
  std::unique_ptr<runtime::ClientApi> api_;
  std::string space_;
};

TEST_P(Conformance, AnAbsentObjectIsNotFound) { EXPECT_EQ(code(api_->get(kMap, key("x"))), Code::kNotFound); }

TEST_P(Conformance, CreatingGivesUidAndVersion) {
  const Json made = create(map("x", {{"k", "v"}}));
  EXPECT_NE(text(made, "uid"), "");
  EXPECT_NE(text(made, "resourceVersion"), "");
  EXPECT_NE(text(made, "creationTimestamp"), "");
  EXPECT_EQ(get("x")["data"], (Json{{"k", "v"}}));
}

TEST_P(Conformance, ATakenNameIsAlreadyExists) {
  create(map("x", {}));
  EXPECT_EQ(code(api_->create(kMap, map("x", {}), kManager)), Code::kAlreadyExists);
}

TEST_P(Conformance, AnUpdateOfAnOldVersionIsAConflict) {
  const Json old = create(map("x", {{"k", "1"}}));
  Json next = old;
  next["data"]["k"] = "2";
  ASSERT_TRUE(put(next));
  next["data"]["k"] = "3";
  EXPECT_EQ(code(put(next)), Code::kConflict);
  EXPECT_EQ(get("x")["data"]["k"], "2");
}

TEST_P(Conformance, AnUpdateOfAReplacedObjectIsAConflict) {
  Json made = create(map("x", {{"k", "1"}}));
  made["metadata"]["uid"] = "other";
  made["metadata"].erase("resourceVersion");
  made["data"]["k"] = "2";
  EXPECT_EQ(code(put(made)), Code::kConflict);
}

TEST_P(Conformance, AnUpdateThatChangesNothingKeepsTheVersion) {
  const Json made = create(map("x", {{"k", "1"}}));
  const auto again = put(made);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(text(*again, "resourceVersion"), text(made, "resourceVersion"));
}

TEST_P(Conformance, AnUpdateOfWhatIsNotThereIsNotFound) { EXPECT_EQ(code(put(map("x", {}))), Code::kNotFound); }

TEST_P(Conformance, AMergePatchSetsAndRemoves) {
  create(map("x", {{"a", "1"}, {"b", "2"}}));
  const auto patched = api_->patch(kMap, key("x"), {{"data", {{"a", nullptr}, {"c", "3"}}}}, kManager);
  ASSERT_TRUE(patched) << patched.error().message;
  EXPECT_EQ(of(*patched)["data"], (Json{{"b", "2"}, {"c", "3"}}));
}

TEST_P(Conformance, AMergePatchKeepsToUidAndVersion) {
  const Json made = create(map("x", {}));
  EXPECT_EQ(code(api_->patch(kMap, key("x"), {{"metadata", {{"uid", "other"}}}, {"data", {{"a", "1"}}}}, kManager)),
            Code::kConflict);
  ASSERT_TRUE(api_->patch(kMap, key("x"), {{"data", {{"a", "1"}}}}, kManager));
  EXPECT_EQ(
      code(api_->patch(kMap, key("x"),
                       {{"metadata", {{"resourceVersion", text(made, "resourceVersion")}}}, {"data", {{"a", "2"}}}},
                       kManager)),
      Code::kConflict);
  EXPECT_EQ(get("x")["data"]["a"], "1");
}

TEST_P(Conformance, AnApplyWithTheUidOfAnAbsentOrReplacedObjectIsAConflict) {
  const Json made = create(map("x", {{"k", "1"}}));
  Json wanted = map("x", {{"k", "2"}});
  wanted["metadata"]["uid"] = text(made, "uid");
  ASSERT_TRUE(api_->delete_(kMap, key("x"), {}, Propagation::kBackground));
  EXPECT_EQ(code(api_->apply(kMap, wanted, kManager)), Code::kConflict);
  EXPECT_EQ(get("x"), nullptr);
  create(map("x", {{"k", "theirs"}}));
  EXPECT_EQ(code(api_->apply(kMap, wanted, kManager)), Code::kConflict);
  EXPECT_EQ(get("x")["data"]["k"], "theirs");
}

TEST_P(Conformance, AnApplyRemovesWhatItsManagerNoLongerNames) {
  const auto first = api_->apply(kMap, map("x", {{"mine", "1"}, {"old", "1"}}), kManager);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_TRUE(api_->patch(kMap, key("x"), {{"data", {{"theirs", "1"}}}}, "somebody"));
  const auto second = api_->apply(kMap, map("x", {{"mine", "2"}}), kManager);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(of(*second)["data"], (Json{{"mine", "2"}, {"theirs", "1"}}));
}

TEST_P(Conformance, AnApplyThatChangesNothingKeepsTheVersion) {
  const auto first = api_->apply(kMap, map("x", {{"k", "1"}}), kManager);
  const auto second = api_->apply(kMap, map("x", {{"k", "1"}}), kManager);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->version, second->version);
}

TEST_P(Conformance, AfterTakingOverTheFieldsOfACreateApplyRemovesThemToo) {
  const Json made = create(map("x", {{"mine", "1"}, {"old", "1"}}));
  Json wanted = map("x", {{"mine", "1"}});
  // As created, the fields belong to an "Update", and apply leaves them alone.
  auto applied = api_->apply(kMap, wanted, "gyre-other");
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(of(*applied)["data"].size(), 2u);
  Json fields = get("x")["metadata"]["managedFields"];
  for (Json& entry : fields)
    if (entry["manager"] == kManager) entry["operation"] = "Apply";
  ASSERT_TRUE(api_->patch(
      kMap, key("x"),
      {{"metadata", {{"uid", text(made, "uid")}, {"resourceVersion", applied->version}, {"managedFields", fields}}}},
      kManager));
  applied = api_->apply(kMap, wanted, kManager);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(of(*applied)["data"], (Json{{"mine", "1"}}));
}

TEST_P(Conformance, ADeletionKeepsToUidAndVersion) {
  const Json made = create(map("x", {}));
  const auto refused = [&](const runtime::Precondition& seen) {
    const auto result = api_->delete_(kMap, key("x"), seen, Propagation::kBackground);
    return !result && result.error().code == Code::kConflict;
  };
  EXPECT_TRUE(refused({"other", ""}));
  EXPECT_TRUE(refused({text(made, "uid"), "1"}));
  EXPECT_NE(get("x"), nullptr);
  EXPECT_TRUE(
      api_->delete_(kMap, key("x"), {text(made, "uid"), text(made, "resourceVersion")}, Propagation::kBackground));
  EXPECT_EQ(get("x"), nullptr);
  EXPECT_TRUE(api_->delete_(kMap, key("x"), {}, Propagation::kBackground));
}

TEST_P(Conformance, AFinalizerKeepsTheObjectUntilItIsRemoved) {
  Json object = map("x", {});
  object["metadata"]["finalizers"] = {"gyre.dev/test"};
  create(object);
  ASSERT_TRUE(api_->delete_(kMap, key("x"), {}, Propagation::kBackground));
  EXPECT_NE(text(get("x"), "deletionTimestamp"), "");
  ASSERT_TRUE(api_->patch(kMap, key("x"), {{"metadata", {{"finalizers", nullptr}}}}, kManager));
  EXPECT_EQ(get("x"), nullptr);
}

TEST_P(Conformance, StatusAndSpecAreWrittenApart) {
  const auto address = [](const char* ip) { return Json{{"loadBalancer", {{"ingress", {{{"ip", ip}}}}}}}; };
  Json ingress = {{"apiVersion", "networking.k8s.io/v1"},
                  {"kind", "Ingress"},
                  {"metadata", {{"name", "i"}, {"namespace", space_}}},
                  {"spec", {{"defaultBackend", {{"service", {{"name", "s"}, {"port", {{"number", 80}}}}}}}}},
                  {"status", address("192.0.2.1")}};
  const auto made = api_->create(kIngress, ingress, kManager);
  ASSERT_TRUE(made) << made.error().message;
  const auto ip_of = [](const Json& object) {
    return object.value(Json::json_pointer("/status/loadBalancer/ingress/0/ip"), "none");
  };
  EXPECT_EQ(ip_of(of(*made)), "none");
  EXPECT_EQ(of(*made)["metadata"]["generation"], 1);
  const runtime::Precondition seen{text(of(*made), "uid"), made->version};
  const auto written = api_->patch_status(kIngress, key("i"), seen, address("192.0.2.2"), kManager);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(ip_of(of(*written)), "192.0.2.2");
  EXPECT_EQ(of(*written)["metadata"]["generation"], 1);
  EXPECT_EQ(code(api_->patch_status(kIngress, key("i"), seen, address("192.0.2.3"), kManager)), Code::kConflict);
  EXPECT_EQ(code(api_->patch_status(kIngress, key("i"), {"other", ""}, address("192.0.2.3"), kManager)),
            Code::kConflict);
  const auto changed = api_->patch(
      kIngress, key("i"),
      {{"spec", {{"defaultBackend", {{"service", {{"name", "t"}}}}}}}, {"status", address("192.0.2.4")}}, kManager);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(ip_of(of(*changed)), "192.0.2.2");
  EXPECT_EQ(of(*changed)["metadata"]["generation"], 2);
}

TEST_P(Conformance, AListComesInPagesOfOneVersion) {
  for (const char* name : {"a", "b", "c"}) create(map(name, {}));
  kube::Request page = request(kube::Method::kGet, "");
  page.query = {{"limit", "2"}, {"labelSelector", "test=conformance"}};
  const auto first = client_->send(page);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ((*first)["items"].size(), 2u);
  page.query.emplace_back("continue", (*first)["metadata"]["continue"]);
  const auto second = client_->send(page);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ((*second)["items"].size(), 1u);
  EXPECT_EQ(text(*second, "resourceVersion"), text(*first, "resourceVersion"));
  EXPECT_EQ(text(*second, "continue"), "");
}

// Collects the frames of a watch until it ends.
class Frames {
 public:
  Frames(kube::Client& client, kube::Request request)
      : thread_([this, &client, request = std::move(request)](std::stop_token stop) {
          (void)client.watch(
              request,
              [this](std::string_view line) {
                const std::lock_guard lock(mutex_);
                frames_.push_back(Json::parse(line, nullptr, false));
              },
              stop);
        }) {}

  // "ADDED x", in order; bookmarks only when they end the initial events.
  std::vector<std::string> seen() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    for (const Json& frame : frames_) {
      const Json& metadata = frame["object"]["metadata"];
      if (frame["type"] != "BOOKMARK")
        out.push_back(frame["type"].get<std::string>() + " " + metadata.value("name", ""));
      else if (metadata.contains("annotations"))
        out.push_back("END");
    }
    return out;
  }
  Json last() const {
    const std::lock_guard lock(mutex_);
    return frames_.empty() ? Json() : frames_.back();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Json> frames_;
  std::jthread thread_;
};

TEST_P(Conformance, AWatchListSendsWhatIsAndThenWhatHappens) {
  const Json a = create(map("a", {}));
  kube::Request request = this->request(kube::Method::kGet, "");
  request.query = {{"watch", "true"},
                   {"sendInitialEvents", "true"},
                   {"resourceVersionMatch", "NotOlderThan"},
                   {"allowWatchBookmarks", "true"},
                   {"labelSelector", "test=conformance"}};
  Frames frames(*client_, request);
  using Names = std::vector<std::string>;
  ASSERT_TRUE(eventually([&] { return frames.seen() == Names{"ADDED a", "END"}; }));
  create(map("b", {}));
  Json unselected = map("z", {});
  unselected["metadata"]["labels"] = {{"test", "other"}};
  create(unselected);
  ASSERT_TRUE(api_->patch(kMap, key("a"), {{"data", {{"k", "v"}}}}, kManager));
  // Out of the selection and back in.
  ASSERT_TRUE(api_->patch(kMap, key("b"), {{"metadata", {{"labels", {{"test", "other"}}}}}}, kManager));
  ASSERT_TRUE(api_->patch(kMap, key("z"), {{"metadata", {{"labels", {{"test", "conformance"}}}}}}, kManager));
  ASSERT_TRUE(api_->delete_(kMap, key("a"), {}, Propagation::kBackground));
  const Names want = {"ADDED a", "END", "ADDED b", "MODIFIED a", "DELETED b", "ADDED z", "DELETED a"};
  EXPECT_TRUE(eventually([&] { return frames.seen() == want; })) << testing::PrintToString(frames.seen());
  // A deletion is later than the object's last change: its version is its own.
  EXPECT_EQ(runtime::compare_versions(text(frames.last()["object"], "resourceVersion"), text(a, "resourceVersion")),
            runtime::VersionOrder::kNewer);
}

TEST_P(Conformance, AWatchGoesOnFromAVersion) {
  const Json a = create(map("a", {}));
  create(map("b", {}));
  kube::Request request = this->request(kube::Method::kGet, "");
  request.query = {
      {"watch", "true"}, {"resourceVersion", text(a, "resourceVersion")}, {"labelSelector", "test=conformance"}};
  Frames frames(*client_, request);
  EXPECT_TRUE(eventually([&] { return frames.seen() == std::vector<std::string>{"ADDED b"}; }));
}

// One of each built-in kind that is watched, with values of all types that the API has. Nothing of it runs.
std::vector<std::pair<Kind, Json>> built_in_objects() {
  const Json pod = Json::parse(R"({
    "metadata": {"labels": {"app": "x"}, "annotations": {"quoted": "\"a\" <b> & \n \\"}},
    "spec": {
      "schedulerName": "nobody", "restartPolicy": "Never", "terminationGracePeriodSeconds": 5,
      "containers": [{
        "name": "main", "image": "example.org/none:1", "command": ["sh", "-c", "exit 0"],
        "env": [{"name": "A", "value": ""}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "resources": {"requests": {"cpu": "250m", "memory": "64Mi"}, "limits": {"memory": "0.5Gi"}},
        "ports": [{"name": "http", "containerPort": 8080}],
        "livenessProbe": {"httpGet": {"path": "/", "port": "http"}, "failureThreshold": 2},
        "readinessProbe": {"tcpSocket": {"port": 8080}},
        "securityContext": {"runAsNonRoot": true, "runAsUser": 1000, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}]}],
      "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "1Gi"}}, {"name": "map", "configMap": {"name": "m", "optional": true}}],
      "tolerations": [{"key": "gpu", "operator": "Exists", "tolerationSeconds": 0, "effect": "NoExecute"}]}})");
  Json with_always = pod;
  with_always["spec"]["restartPolicy"] = "Always";
  return {{kMap, {{"data", {{"k", "v"}}}, {"binaryData", {{"b", "AAEC/w=="}}}, {"immutable", false}}},
          {kind_of(Type<Pod>{}), pod},
          {kind_of(Type<Service>{}), Json::parse(R"({"spec": {"selector": {"app": "x"}, "clusterIP": "None", "ports":
            [{"name": "a", "port": 80, "targetPort": "http"}, {"name": "b", "port": 81, "targetPort": 8081}]}})")},
          {kind_of(Type<ControllerRevision>{}), {{"revision", 3}, {"data", {{"list", {1, -2.5, nullptr, "<"}}}}}},
          {kind_of(Type<Deployment>{}),
           {{"spec",
             {{"replicas", 0},
              {"selector", {{"matchLabels", {{"app", "x"}}}}},
              {"strategy", {{"rollingUpdate", {{"maxSurge", "30%"}, {"maxUnavailable", 0}}}}},
              {"template", with_always}}}}},
          {kind_of(Type<Job>{}), {{"spec", {{"suspend", true}, {"backoffLimit", 0}, {"template", pod}}}}}};
}

TEST_P(Conformance, EveryBuiltInKindThatIsWatchedIsTheSameInBothEncodings) {
  for (auto [kind, object] : built_in_objects()) {
    SCOPED_TRACE(kind.kind);
    object["apiVersion"] = kind.api_version();
    object["kind"] = kind.kind;
    object["metadata"]["name"] = "x";
    object["metadata"]["namespace"] = space_;
    const auto made = api_->create(kind, object, kManager);
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_EQ(client_->encoding_of(kind), kube::kProtobufOrJson);
    kube::Request both;
    both.path = kube::object_path(kind, key("x"));
    both.accept = kube::kProtobufOrJson;
    // Its controller may write meanwhile.
    const bool is_same = eventually([&] {
      const auto json = api_->get(kind, key("x"));
      const auto answer = client_->send_text(both);
      if (!json || !answer) return false;
      EXPECT_EQ(kube::protobuf::is_sealed(*answer), GetParam() == Server::kCluster);
      const auto read = kube::parse_object(*answer), expected = kube::parse_object(json->dump());
      return read && expected && read->key == expected->key && of(*read) == of(*expected);
    });
    EXPECT_TRUE(is_same) << kube::parse_object(client_->send_text(both).value_or(""))->text << "\n"
                         << api_->get(kind, key("x")).value_or(Json()).dump();
  }
}

TEST_P(Conformance, AReflectorFollows) {
  create(map("a", {{"k", "1"}}));
  runtime::Cache cache;
  cache.declare<ConfigMap>({{{"test", "conformance"}}});
  const SystemClock clock;
  runtime::Metrics metrics;
  runtime::Reflector reflector(*client_, *cache.entries().begin()->second, space_, clock, metrics, {});
  std::jthread thread([&](std::stop_token stop) { reflector.run(stop); });
  ASSERT_TRUE(eventually([&] { return reflector.is_synced(); }));
  ASSERT_NE(cache.get<ConfigMap>(key("a")), nullptr);
  ASSERT_TRUE(api_->patch(kMap, key("a"), {{"data", {{"k", "2"}}}}, kManager));
  create(map("b", {}));
  EXPECT_TRUE(eventually([&] { return cache.get<ConfigMap>(key("b")) != nullptr; }));
  EXPECT_EQ(cache.get<ConfigMap>(key("a"))->data.at("k"), "2");
  ASSERT_TRUE(api_->delete_(kMap, key("a"), {}, Propagation::kBackground));
  EXPECT_TRUE(eventually([&] { return cache.get<ConfigMap>(key("a")) == nullptr; }));
}

TEST_P(Conformance, ALeaseHasOneLeaderAndIsReleased) {
  const SystemClock clock;
  const auto options = [&](const char* identity) {
    return runtime::LeaderOptions{
        key("lease"), identity, std::string(identity) + ":1", std::chrono::seconds(15), std::chrono::seconds(10),
        Duration(50)};
  };
  runtime::LeaderElector first(*client_, clock, options("first")), second(*client_, clock, options("second"));
  const auto run = [](runtime::LeaderElector& elector) {
    return std::jthread([&elector](std::stop_token stop) { elector.run(stop, [] {}, [] {}); });
  };
  std::jthread a = run(first);
  ASSERT_TRUE(eventually([&] { return first.is_leader(); }));
  std::jthread b = run(second);
  ASSERT_TRUE(eventually([&] { return second.holder().identity == "first"; }));
  EXPECT_EQ(second.holder().address, "first:1");
  EXPECT_FALSE(second.is_leader());
  a = {};
  EXPECT_TRUE(eventually([&] { return second.is_leader(); }));
  EXPECT_FALSE(first.is_leader());
}

INSTANTIATE_TEST_SUITE_P(Fake, Conformance, testing::Values(Server::kFake),
                         [](const auto&) { return std::string("Fake"); });
INSTANTIATE_TEST_SUITE_P(Cluster, Conformance, testing::Values(Server::kCluster),
                         [](const auto&) { return std::string("Cluster"); });

}  // namespace
}  // namespace gyre
