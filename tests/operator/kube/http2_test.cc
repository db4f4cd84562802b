// What speaks HTTP/2, and what an HTTP/2 server may do to it.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "operator/kube/client.h"
#include "tests/operator/kube/certificates.h"
#include "tests/operator/kube/http2_server.h"

namespace gyre::kube {
namespace {

using Answer = Http2Server::Answer;

class Http2 : public testing::Test {
 protected:
  Http2() {
    config_.server = "https://127.0.0.1:" + std::to_string(server_.port());
    config_.ca_pem = certificate_.cert_pem;
    config_.tls_server_name = "api.example.test";
    client_.emplace(config_);
  }
  Result<void> watch() {
    Request request;
    request.path = "/api/v1/configmaps";
    request.query = {{"watch", "true"}};
    return client_->watch(request, [](std::string_view) {}, {});
  }

  const support::Folder folder_;
  const TestCertificate certificate_{folder_, "api", "api.example.test"};
  Http2Server server_{certificate_.cert_file, certificate_.key_file};
  Config config_;
  std::optional<Client> client_;
};

TEST_F(Http2, WatchesAfterOneAnotherShareAConnection) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(watch());
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(Http2, AWatchThatGoawayRefusedCanBeOpenedAnew) {
  ASSERT_TRUE(watch());
  server_.answer_next(Answer::kRefused);
  // libcurl may do it itself.
  const auto refused = watch();
  EXPECT_TRUE(refused || refused.error().code == Code::kUnavailable);
  EXPECT_TRUE(watch());
  EXPECT_EQ(server_.connections(), 2);
}

TEST_F(Http2, AWatchWhoseConnectionBreaksIsUnavailable) {
  // The first of a connection: libcurl itself sends again what broke on one that was used before.
  server_.answer_next(Answer::kBroken);
  const auto broken = watch();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Code::kUnavailable);
  EXPECT_TRUE(watch());
}

TEST_F(Http2, RequestsDoNotSpeakIt) {
  Request request;
  request.path = "/version";
  request.timeout = std::chrono::seconds(5);
  ASSERT_TRUE(watch());
  EXPECT_FALSE(client_->send(request));
  EXPECT_EQ(server_.requests(), 1);
}

}  // namespace
}  // namespace gyre::kube
