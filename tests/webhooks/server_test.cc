#include "webhooks/server.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "operator/serve/x509_handles.h"
#include "tests/support/tls_client.h"
#include "webhooks/certificates.h"

namespace gyre::webhooks {
namespace {

using support::TlsClient;
using testing::HasSubstr;
using testing::StartsWith;

struct AcceptingChecker : PodTemplateChecker {
  Result<std::vector<schema::FieldError>> check(const std::string&, const nlohmann::json&) override {
    return std::vector<schema::FieldError>{};
  }
};

constexpr char kReview[] = R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
    "request": {"uid": "a", "operation": "DELETE", "kind": {"kind": "TrainingJob"}}})";
constexpr std::size_t kCap = 3 << 20;

std::string posted(const std::string& headers, const std::string& body) {
  return fmt::format("POST /validate HTTP/1.1\r\nHost: x\r\n{}\r\n\r\n{}", headers, body);
}
std::string whole_request() { return posted(fmt::format("Content-Length: {}", sizeof kReview - 1), kReview); }

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    certificates_ = *up_to_date(std::nullopt, {"localhost"}, SystemClock().now());
    start({});
  }

  void start(ServerOptions options) {
    options.address = "127.0.0.1";
    options.port = 0;
    auto started = Server::start(options, lookups(), [this] { return presented(); });
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
  }

  Result<KeyPair> presented() {
    const std::lock_guard lock(mutex_);
    return certificates_.serving;
  }

  Lookups lookups() {
    return {[](const std::string&) -> Result<std::vector<InferenceService>> { return {}; }, checker_};
  }

  // A client that trusts just this CA, and insists on the name.
  httplib::Result post(const std::string& ca, const std::string& path, const std::string& body) {
    httplib::SSLClient client("localhost", server_->port());
    X509_STORE* trusted = X509_STORE_new();  // The client's from here on.
    X509_STORE_add_cert(trusted, x509::parse_certificate(ca)->get());
    client.set_ca_cert_store(trusted);
    client.enable_server_certificate_verification(true);
    client.set_keep_alive(true);
    return client.Post(path, body, "application/json");
  }
  httplib::Result post(const std::string& path, const std::string& body) {
    return post(certificates_.ca.certificate, path, body);
  }

  AcceptingChecker checker_;
  std::mutex mutex_;
  Certificates certificates_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersThoseWhoTrustItsCa) {
  const auto answer = post("/validate", kReview);
  ASSERT_TRUE(answer) << httplib::to_string(answer.error());
  EXPECT_EQ(answer->status, 200);
  EXPECT_NE(answer->body.find("\"allowed\":true"), std::string::npos);
  const Certificates others = *up_to_date(std::nullopt, {"localhost"}, SystemClock().now());
  EXPECT_FALSE(post(others.ca.certificate, "/validate", kReview));
}

TEST_F(ServerTest, TellsOfEachAnswer) {
  std::mutex mutex;
  std::vector<Answered> seen;
  start({.on_answer = [&](const Answered& answered) {
    const std::lock_guard lock(mutex);
    seen.push_back(answered);
  }});
  ASSERT_TRUE(post("/validate", kReview));
  ASSERT_TRUE(post("/validate", "{"));
  const std::lock_guard lock(mutex);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].status, 200);
  EXPECT_EQ(seen[0].reviewed, (Reviewed{"TrainingJob", "delete", "allowed"}));
  EXPECT_GT(seen[0].seconds, 0);
  EXPECT_LT(seen[0].seconds, 45);
  EXPECT_EQ(seen[1].status, 400);
  EXPECT_EQ(seen[1].reviewed, std::nullopt);
}

TEST_F(ServerTest, ABugOfAReviewIsAnsweredToldAndSurvived) {
  struct ThrowingChecker : PodTemplateChecker {
    Result<std::vector<schema::FieldError>> check(const std::string&, const nlohmann::json&) override {
      throw std::out_of_range("no such member");
    }
  } throwing;
  int asked = 0;
  std::vector<Answered> seen;
  auto server = Server::start({.address = "127.0.0.1",
                               .port = 0,
                               .on_request = [&] { ++asked; },
                               .on_answer = [&](const Answered& answered) { seen.push_back(answered); }},
                              {{}, throwing}, [this] { return presented(); });
  ASSERT_TRUE(server) << server.error().message;
  server_ = *std::move(server);
  const auto answer = post("/validate", R"({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
      "uid": "a", "operation": "CREATE", "kind": {"kind": "TrainingJob"}, "namespace": "team", "object": {
          "apiVersion": "gyre.dev/v1alpha1", "kind": "TrainingJob", "metadata": {"name": "t", "namespace": "team"},
          "spec": {"template": {"spec": {"containers": [{"name": "trainer", "image": "x"}]}}}}}})");
  ASSERT_TRUE(answer) << httplib::to_string(answer.error());
  EXPECT_EQ(answer->status, 500);
  EXPECT_THAT(answer->body, HasSubstr("its log says which"));
  EXPECT_EQ(post("/validate", kReview)->status, 200);
  server_.reset();
  EXPECT_EQ(asked, 2);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].status, 500);
  EXPECT_EQ(seen[0].bug, "no such member");
  EXPECT_EQ(seen[0].reviewed, std::nullopt);
  EXPECT_EQ(seen[1].bug, std::nullopt);
}

TEST_F(ServerTest, TakesThreeMebibytesAndNotAByteMore) {
  const std::string at_the_cap = kReview + std::string(kCap - sizeof kReview + 1, ' ');
  EXPECT_EQ(post("/validate", at_the_cap)->status, 200);
  const auto over = post("/validate", at_the_cap + ' ');
  ASSERT_TRUE(over) << httplib::to_string(over.error());
  EXPECT_EQ(over->status, 413);
  EXPECT_EQ(over->body, "the body is larger than 3 MiB");
  EXPECT_EQ(post("/validate", kReview)->status, 200);
}

// A chunked body says nothing of its length beforehand, and one without either could go on for ever.
TEST_F(ServerTest, CountsBodiesThatDoNotSayHowLongTheyAre) {
  for (const char* headers : {"Transfer-Encoding: chunked", "Connection: close"}) {
    TlsClient client(server_->port());
    ASSERT_TRUE(client.handshake());
    const std::string most(kCap, ' ');
    const bool is_chunked = std::string(headers).starts_with("Transfer");
    ASSERT_TRUE(client.send(posted(headers, is_chunked ? fmt::format("{:x}\r\n{}\r\n1\r\n", kCap, most) : most + ' ')));
    EXPECT_THAT(client.receive("3 MiB"), StartsWith("HTTP/1.1 413")) << headers;
    EXPECT_TRUE(client.is_cut_within(5000)) << headers;
  }
}

TEST_F(ServerTest, SaysWhatItCannotRead) {
  EXPECT_EQ(post("/elsewhere", kReview)->status, 404);
  EXPECT_THAT(post("/elsewhere", kReview)->body, HasSubstr("/validate"));
  const auto malformed = post("/validate", "{");
  EXPECT_EQ(malformed->status, 400);
  EXPECT_THAT(malformed->body, HasSubstr("AdmissionReview"));

  TlsClient garbled(server_->port());
  ASSERT_TRUE(garbled.handshake() && garbled.send(posted("Transfer-Encoding: chunked", "zz\r\n")));
  EXPECT_THAT(garbled.receive("400)"), StartsWith("HTTP/1.1 400"));
  TlsClient form(server_->port());
  ASSERT_TRUE(form.handshake() && form.send(posted("Content-Type: multipart/form-data; boundary=x", "--x")));
  EXPECT_THAT(form.receive("json"), StartsWith("HTTP/1.1 415"));
  EXPECT_EQ(post("/validate", kReview)->status, 200);
}

TEST_F(ServerTest, SpeaksTls12AtLeastAndWithForwardSecrecy) {
  TlsClient modern(server_->port()), older(server_->port(), {.newest = TLS1_2_VERSION});
  ASSERT_TRUE(modern.handshake());
  EXPECT_EQ(modern.version(), "TLSv1.3");
  ASSERT_TRUE(older.handshake());
  EXPECT_EQ(older.version(), "TLSv1.2");
  EXPECT_FALSE(TlsClient(server_->port(), {.newest = TLS1_1_VERSION}).handshake());
  EXPECT_FALSE(TlsClient(server_->port(), {.newest = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-SHA"}).handshake());
}

// Each of them would hold a thread for ever if only single reads had a timeout.
TEST_F(ServerTest, CutsThoseWhoTrickle) {
  start({.slowest_request = std::chrono::milliseconds(600)});
  const auto is_cut = [](TlsClient& client, auto say) {
    for (int i = 0; i < 60; ++i)
      if (!say() || client.is_cut_within(100)) return true;
    return false;
  };
  TlsClient hello(server_->port());
  // A record that announces 512 bytes of ClientHello, and goes on with one at a time.
  ASSERT_TRUE(hello.send_plain(std::string("\x16\x03\x01\x02\x00", 5)));
  EXPECT_TRUE(is_cut(hello, [&] { return hello.send_plain(std::string("\x01", 1)); }));
  TlsClient header(server_->port());
  ASSERT_TRUE(header.handshake() && header.send("POST /validate HTTP/1.1\r\nX-A: "));
  EXPECT_TRUE(is_cut(header, [&] { return header.send("a"); }));
  TlsClient body(server_->port());
  ASSERT_TRUE(body.handshake() && body.send(posted("Content-Length: 1000", "{")));
  EXPECT_TRUE(is_cut(body, [&] { return body.send(" "); }));
}

TEST_F(ServerTest, KeepsAConnectionWhoseRequestsGetDone) {
  start({.slowest_request = std::chrono::milliseconds(600)});
  TlsClient client(server_->port());
  ASSERT_TRUE(client.handshake());
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(client.is_cut_within(200));
    ASSERT_TRUE(client.send(whole_request()));
    ASSERT_THAT(client.receive("}}"), StartsWith("HTTP/1.1 200"));
  }
}

TEST_F(ServerTest, ServesOthersWhileConnectionsIdleAndWaitsWhenAllAreTaken) {
  start({.most_connections = 3, .slowest_request = std::chrono::milliseconds(1500)});
  TlsClient first(server_->port()), second(server_->port());
  ASSERT_TRUE(first.handshake() && second.handshake());
  EXPECT_EQ(post("/validate", kReview)->status, 200);
  TlsClient third(server_->port());
  ASSERT_TRUE(third.handshake());
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(post("/validate", kReview)->status, 200);
  EXPECT_GT(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(500));
}

TEST_F(ServerTest, PresentsANewCertificateFromThenOn) {
  const Certificates before = certificates_;
  {
    const std::lock_guard lock(mutex_);
    certificates_ = *up_to_date(std::nullopt, {"localhost"}, SystemClock().now());
  }
  EXPECT_TRUE(post("/validate", kReview));
  EXPECT_FALSE(post(before.ca.certificate, "/validate", kReview));
}

TEST_F(ServerTest, OneThatEndsSendsItsCallersElsewhere) {
  EXPECT_NE(post("/validate", kReview)->get_header_value("Connection"), "close");
  server_->drain(Duration(0));
  const auto last = post("/validate", kReview);
  EXPECT_EQ(last->status, 200);
  EXPECT_EQ(last->get_header_value("Connection"), "close");
}

TEST_F(ServerTest, SaysWhenItsPortIsTaken) {
  const auto second =
      Server::start({.address = "127.0.0.1", .port = server_->port()}, lookups(), [this] { return presented(); });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "PortTaken");
}

}  // namespace
}  // namespace gyre::webhooks
