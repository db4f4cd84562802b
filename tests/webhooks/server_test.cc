#include "webhooks/server.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include "webhooks/x509_handles.h"

namespace gyre::webhooks {
namespace {

struct AcceptingChecker : PodTemplateChecker {
  Result<std::vector<schema::FieldError>> check(const std::string&, const nlohmann::json&) override {
    return std::vector<schema::FieldError>{};
  }
};

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    const Time now = SystemClock().now();
    certificates_ = *up_to_date(std::nullopt, {"localhost"}, now);
    auto started = Server::start({.address = "127.0.0.1", .port = 0}, lookups(), certificates_.serving);
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
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
    return client.Post(path, body, "application/json");
  }

  AcceptingChecker checker_;
  Certificates certificates_;
  std::unique_ptr<Server> server_;
};

constexpr char kReview[] = R"({"request": {"uid": "a", "operation": "DELETE", "kind": {"kind": "TrainingJob"}}})";

TEST_F(ServerTest, AnswersThoseWhoTrustItsCa) {
  const auto answer = post(certificates_.ca.certificate, "/validate", kReview);
  ASSERT_TRUE(answer) << httplib::to_string(answer.error());
  EXPECT_EQ(answer->status, 200);
  EXPECT_NE(answer->body.find("\"allowed\":true"), std::string::npos);
  const Certificates others = *up_to_date(std::nullopt, {"localhost"}, SystemClock().now());
  EXPECT_FALSE(post(others.ca.certificate, "/validate", kReview));
}

TEST_F(ServerTest, RefusesBodiesOverThreeMebibytesAndStrangePaths) {
  const auto large = post(certificates_.ca.certificate, "/validate", std::string((3 << 20) + 1, ' '));
  // The answer may come while the client still writes.
  EXPECT_TRUE(!large || large->status == 413) << large->status;
  EXPECT_EQ(post(certificates_.ca.certificate, "/elsewhere", kReview)->status, 404);
  EXPECT_EQ(post(certificates_.ca.certificate, "/validate", "{")->status, 400);
  EXPECT_EQ(post(certificates_.ca.certificate, "/validate", kReview)->status, 200);
}

TEST_F(ServerTest, PresentsANewCertificateFromThenOn) {
  const Certificates next = *up_to_date(std::nullopt, {"localhost"}, SystemClock().now());
  ASSERT_TRUE(server_->use(next.serving));
  EXPECT_TRUE(post(next.ca.certificate, "/validate", kReview));
  EXPECT_FALSE(post(certificates_.ca.certificate, "/validate", kReview));
}

TEST_F(ServerTest, SaysWhenItsPortIsTaken) {
  const auto second =
      Server::start({.address = "127.0.0.1", .port = server_->port()}, lookups(), certificates_.serving);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, "PortTaken");
}

}  // namespace
}  // namespace gyre::webhooks
