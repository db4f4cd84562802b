// What an HTTP/2 server may do to a request.

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
  static Request request(Method method = Method::kGet) {
    Request out;
    out.method = method;
    out.path = "/version";
    if (method == Method::kPost) out.body = "{}";
    return out;
  }

  const support::Folder folder_;
  const TestCertificate certificate_{folder_, "api", "api.example.test"};
  Http2Server server_{certificate_.cert_file, certificate_.key_file};
  Config config_;
  std::optional<Client> client_;
};

TEST_F(Http2, RequestsAfterOneAnotherShareAConnection) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client_->send(request()));
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(Http2, AReadThatGoawayRefusedIsSentAgain) {
  ASSERT_TRUE(client_->send(request()));
  server_.answer_next(Answer::kRefused);
  const auto answer = client_->send(request());
  EXPECT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(server_.requests(), 3);
  EXPECT_EQ(server_.connections(), 2);
}

TEST_F(Http2, AWriteThatGoawayRefusedIsSentAgainOrKnownToBeInDoubt) {
  ASSERT_TRUE(client_->send(request()));
  server_.answer_next(Answer::kRefused);
  // Which of them, depends on libcurl: old ones do not say that the server had not begun.
  const auto answer = client_->send(request(Method::kPost));
  EXPECT_TRUE(answer || is_answer_lost(answer.error())) << answer.error().message;
  EXPECT_TRUE(client_->send(request(Method::kPost)));
}

TEST_F(Http2, AReadWhoseConnectionBreaksIsSentAgainAndAWriteIsNot) {
  // The first of a connection: libcurl itself sends again what broke on one that was used before.
  server_.answer_next(Answer::kBroken);
  const auto read = client_->send(request());
  EXPECT_TRUE(read) << read.error().message;

  Client fresh(config_);
  server_.answer_next(Answer::kBroken);
  const int before = server_.requests();
  const auto written = fresh.send(request(Method::kPost));
  ASSERT_FALSE(written);
  EXPECT_TRUE(is_answer_lost(written.error()));
  EXPECT_EQ(server_.requests(), before + 1);
}

TEST_F(Http2, AReadThatBreaksTwiceIsAnError) {
  server_.answer_next(Answer::kBroken);
  server_.answer_next(Answer::kBroken);
  const auto read = client_->send(request());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kUnavailable);
  EXPECT_EQ(server_.requests(), 2);
}

}  // namespace
}  // namespace gyre::kube
