#include "operator/collector/server.h"

#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/pem.h>

#include <optional>
#include <thread>

#include "crds/v1alpha1/model_version.h"
#include "dataplane/wire/baseline.h"
#include "operator/base/digest.h"
#include "tests/operator/collector/memory_api.h"
#include "tests/operator/collector/samples.h"

namespace gyre::collector {
namespace {

using Json = nlohmann::json;

template <class Write>
std::string pem_of(Write write) {
  BIO* bio = BIO_new(BIO_s_mem());
  write(bio);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(size));
  BIO_free_all(bio);
  return out;
}

// Self-signed, with this serial number.
serve::KeyPair certificate(long serial) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* cert = X509_new();
  X509_set_version(cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
  X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
  X509_set_pubkey(cert, key);
  X509_sign(cert, key, EVP_sha256());
  serve::KeyPair out{pem_of([&](BIO* bio) { PEM_write_bio_X509(bio, cert); }), pem_of([&](BIO* bio) {
                       PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
                     })};
  X509_free(cert);
  EVP_PKEY_free(key);
  return out;
}

// The whole collector but the manager: a real server on loopback over an API in memory.
struct ServerTest : testing::Test {
  ServerTest() {
    api.accept("agent", review_status("ml", "churn-a"));
    api.accept("stranger", review_status("other", "x"));
    fleet.open();
    worker = std::jthread([this](std::stop_token stop) { intake.run(stop); });
    while (!intake.submit({"ml", "nobody"}, "uid", delivery({}))) std::this_thread::yield();
    server = *Server::start("127.0.0.1", 0, endpoints, [this] {
      const std::lock_guard lock(mutex);
      return Result<serve::KeyPair>(serving);
    });
  }
  ~ServerTest() override {
    worker.request_stop();
    fleet.close();
    server = nullptr;
  }

  httplib::Result call(const char* method, const std::string& path, const std::string& body,
                       const std::string& token = "agent") {
    httplib::SSLClient client("127.0.0.1", server->port());
    client.enable_server_certificate_verification(false);
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    if (!token.empty()) request.set_header("Authorization", "Bearer " + token);
    auto result = client.send(request);
    return result;
  }
  httplib::Result post(const std::string& path, const std::string& body, const std::string& token = "agent") {
    return call("POST", path, body, token);
  }
  // A ModelVersion that names this baseline.
  void put_version(const std::string& bytes) {
    ModelVersion version;
    version.metadata = {.name = "churn-1", .namespace_ = "ml", .uid = "uid-v"};
    version.spec.baseline_profile = BaselineRef{"pvc://models/1/baseline.json", sha256_digest(bytes)};
    api.put(kind_of(Type<ModelVersion>{}), schema::to_json(version));
  }
  static std::string report(std::int64_t generation, std::int64_t wait_milliseconds = 0) {
    return schema::to_json(wire::SyncRequest{"churn", "12345678", generation, wait_milliseconds}).dump();
  }
  MemoryApi api;
  ManualClock clock{kNow};
  runtime::Metrics metrics;
  std::mutex mutex;
  serve::KeyPair serving = certificate(1);
  std::atomic<bool> leads = true;
  std::string leader;
  std::atomic<int> woken = 0;
  Authenticator authenticator{review_tokens(api), clock, [](const Identity&) { return true; }};
  AgentFleet fleet{clock, [this](const Key&) { ++woken; }, [](const Key&) { return 10; }};
  Intake intake{api,
                clock,
                metrics,
                [](const Key&) { return Monitors{monitor()}; },
                [](const Key&) {},
                [](const DriftMonitor&, const EventNote&) {},
                Duration(1)};
  Baselines baselines{api};
  Endpoints endpoints{authenticator,
                      fleet,
                      intake,
                      baselines,
                      clock,
                      {[this] { return leads.load(); }, [this] { return leader; }},
                      [](const Identity&, const std::string& service) { return service == "churn"; }};
  std::jthread worker;
  std::unique_ptr<Server> server;
};

TEST_F(ServerTest, SaysWhenItsPortIsTaken) {
  const auto second =
      Server::start("127.0.0.1", server->port(), endpoints, [this] { return Result<serve::KeyPair>(serving); });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "PortTaken");
}

TEST_F(ServerTest, TakesReportsAndTellsRoutes) {
  const wire::Routes routes{3, {"12345678", "churn-12345678.ml.svc:80"}};
  fleet.publish(kService, routes);
  const auto result = post(wire::kSyncPath, report(2));
  ASSERT_TRUE(result);
  ASSERT_EQ(result->status, 200) << result->body;
  EXPECT_EQ(schema::from_json<wire::SyncResponse>(Json::parse(result->body)), (wire::SyncResponse{routes, 10}));
  ASSERT_EQ(fleet.agents(kService).size(), 1U);
  EXPECT_EQ(fleet.agents(kService)[0].pod, "churn-a");
  EXPECT_EQ(fleet.agents(kService)[0].last.generation, 2);
  EXPECT_EQ(woken, 1);
}

TEST_F(ServerTest, TellsAnAgentNothingThatItKnows) {
  fleet.publish(kService, {3, {"12345678", "h:80"}});
  const auto result = post(wire::kSyncPath, report(3));
  ASSERT_TRUE(result);
  EXPECT_EQ(Json::parse(result->body).count("routes"), 0U);
}

TEST_F(ServerTest, TellsTheLengthOfBuckets) {
  const auto result = post(wire::kSyncPath, report(0));
  ASSERT_TRUE(result);
  EXPECT_EQ(Json::parse(result->body)["bucketSeconds"], 10);
}

TEST_F(ServerTest, WakesAnAgentThatWaitsWhenRoutesChange) {
  std::optional<httplib::Result> result;
  std::jthread agent([&] { result.emplace(post(wire::kSyncPath, report(3, 20000))); });
  while (fleet.agents(kService).empty()) std::this_thread::yield();
  fleet.publish(kService, {4, {"12345678", "h:80"}});
  agent.join();
  ASSERT_TRUE(*result);
  EXPECT_EQ(Json::parse((*result)->body)["routes"]["generation"], 4);
}

TEST_F(ServerTest, PersistsBucketsBeforeItAnswers) {
  const std::string body = schema::to_json(delivery({bucket(1), bucket(2, 10)})).dump();
  for (int repeat = 0; repeat < 2; ++repeat) {
    const auto result = post(wire::kBucketsPath, body);
    ASSERT_TRUE(result);
    ASSERT_EQ(result->status, 200) << result->body;
    EXPECT_EQ(Json::parse(result->body)["acknowledged"], (Json{1, 2}));
    ASSERT_EQ(api.all(kind_of(Type<ConfigMap>{})).size(), 1U);
  }
  const auto map = api.all(kind_of(Type<ConfigMap>{}))[0];
  EXPECT_EQ(Json::parse(map["data"][wire::kWindowKey].get<std::string>())["rows"], 6);
}

TEST_F(ServerTest, RefusesWhatItCannotBelieve) {
  const std::string good = report(0);
  EXPECT_EQ(post(wire::kSyncPath, good, "")->status, 401);
  EXPECT_EQ(post(wire::kSyncPath, good, "forged")->status, 401);
  const auto other = post(wire::kSyncPath, R"({"service":"fraud","revision":"r"})");
  EXPECT_EQ(other->status, 403);
  EXPECT_TRUE(fleet.agents(kService).empty());
}

TEST_F(ServerTest, KeepsNamespacesApart) {
  ASSERT_EQ(post(wire::kSyncPath, report(0), "stranger")->status, 200);
  EXPECT_TRUE(fleet.agents(kService).empty());
  EXPECT_EQ(fleet.agents({"other", "churn"}).size(), 1U);
}

TEST_F(ServerTest, NamesTheFieldThatIsWrong) {
  wire::BucketsRequest request = delivery({bucket(1)});
  request.buckets[0].rows = -1;
  const auto negative = post(wire::kBucketsPath, schema::to_json(request).dump());
  EXPECT_EQ(negative->status, 400);
  EXPECT_EQ(Json::parse(negative->body)["field"], "buckets[0].rows");
  const auto wrong = post(wire::kSyncPath, R"({"service":7,"revision":"r"})");
  EXPECT_EQ(wrong->status, 400);
  EXPECT_EQ(Json::parse(wrong->body)["field"], "service");
  EXPECT_EQ(Json::parse(post(wire::kSyncPath, "{")->body)["reason"], "InvalidJson");
}

TEST_F(ServerTest, LimitsWhatItReads) {
  const auto sync = post(wire::kSyncPath, std::string(300 * 1024, ' '));
  ASSERT_TRUE(sync);
  EXPECT_EQ(sync->status, 413);
  EXPECT_EQ(Json::parse(sync->body)["reason"], "TooLarge");
  EXPECT_EQ(post("/v2/else", "{}")->status, 404);
}

TEST_F(ServerTest, SendsAgentsToTheLeader) {
  leads = false;
  EXPECT_EQ(post(wire::kSyncPath, report(0))->status, 503);
  leader = "10.0.0.7:9444";
  const auto moved = post(wire::kBucketsPath, "{}");
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->status, 307);
  EXPECT_EQ(moved->get_header_value("Location"), "https://10.0.0.7:9444/v1/buckets");
  EXPECT_EQ(api.reviews(), 0) << "a standby need not know whose it is";
}

TEST_F(ServerTest, SealsABaselineOnceAndGivesItBack) {
  wire::Baseline baseline;
  baseline.rows = 3;
  const std::string bytes = schema::to_json(baseline).dump(1);
  const std::string path = std::string(wire::kBaselinesPath) + "churn-1";
  EXPECT_EQ(call("PUT", path, bytes)->status, 404) << "no such version";

  put_version(bytes);
  EXPECT_EQ(call("PUT", path, bytes + " ")->status, 422) << "other bytes";
  EXPECT_EQ(call("PUT", path, "{}")->status, 400);
  EXPECT_EQ(call("GET", path, "")->status, 404);
  EXPECT_EQ(api.writes(), 0);

  for (const char* method : {"PUT", "POST"}) EXPECT_EQ(call(method, path, bytes)->status, 200);
  EXPECT_EQ(api.writes(), 1);
  EXPECT_EQ(call("GET", path, "")->body, bytes);
  EXPECT_EQ(call("GET", path, "", "stranger")->status, 404) << "another namespace";
  const auto map = *schema::from_json<ConfigMap>(*api.get(kind_of(Type<ConfigMap>{}), {"ml", "churn-1-baseline"}));
  EXPECT_EQ(map.immutable, true);
  EXPECT_EQ(controller_of(map.metadata)->uid, "uid-v");
}

TEST_F(ServerTest, SaysThatItIsTheOperatorWhomTheApiServerRefuses) {
  const std::string bytes = schema::to_json(wire::Baseline{}).dump();
  const std::string path = std::string(wire::kBaselinesPath) + "churn-1";
  put_version(bytes);
  ASSERT_EQ(post(wire::kSyncPath, report(0))->status, 200) << "the caller is known from now on";
  const auto expect_blame = [](const httplib::Result& answer) {
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503) << answer->body;
    EXPECT_NE(answer->body.find("gyre-operator"), std::string::npos) << answer->body;
  };
  for (const Code code : {Code::kUnauthorized, Code::kForbidden, Code::kInvalid, Code::kThrottled}) {
    const Error refusal{code, "Refused", "configmaps is forbidden", std::nullopt};
    api.fail_next_read(refusal);
    expect_blame(call("GET", path, ""));
    api.fail_next_read(refusal);
    expect_blame(call("PUT", path, bytes));
    api.fail_next_write(refusal);
    expect_blame(call("PUT", path, bytes));
  }
  EXPECT_EQ(call("PUT", path, bytes)->status, 200);
}

TEST_F(ServerTest, PresentsARenewedCertificateWithoutARestart) {
  const auto verifies = [&](const serve::KeyPair& trusted) {
    httplib::SSLClient client("127.0.0.1", server->port());
    X509_STORE* store = X509_STORE_new();
    BIO* bio = BIO_new_mem_buf(trusted.certificate.data(), static_cast<int>(trusted.certificate.size()));
    X509* cert = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    X509_STORE_add_cert(store, cert);
    X509_free(cert);
    BIO_free_all(bio);
    client.set_ca_cert_store(store);
    client.enable_server_certificate_verification(true);
    client.Get("/");
    return client.get_openssl_verify_result();
  };
  const serve::KeyPair old = serving;
  const serve::KeyPair renewed = certificate(2);
  const long before = verifies(renewed);
  {
    const std::lock_guard lock(mutex);
    serving = renewed;
  }
  EXPECT_NE(before, X509_V_OK) << "the old one was presented";
  EXPECT_EQ(verifies(renewed), X509_V_OK);
  EXPECT_NE(verifies(old), X509_V_OK);
}

}  // namespace
}  // namespace gyre::collector
