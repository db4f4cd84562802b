// The way to the server: names, certificates and proxies, with real servers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/ssl.h>

#include <nlohmann/json.hpp>

#include "operator/kube/client.h"
#include "operator/kube/proxy.h"
#include "tests/operator/kube/certificates.h"
#include "tests/operator/kube/connect_proxy.h"

namespace gyre::kube {
namespace {

using support::Folder;
using support::Variable;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Answers with the request's Host and the name in its client's certificate.
class TlsServer {
 public:
  explicit TlsServer(const TestCertificate& certificate, const char* client_ca = nullptr)
      : http_(certificate.cert_file.c_str(), certificate.key_file.c_str(), client_ca) {
    http_.Get(".*", [](const httplib::Request& request, httplib::Response& response) {
      nlohmann::json seen = {{"host", request.get_header_value("Host")}, {"client", client_of(request)}};
      response.set_content(seen.dump(), "application/json");
    });
    port_ = http_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { http_.listen_after_bind(); });
    while (!http_.is_running()) std::this_thread::yield();
  }
  ~TlsServer() { http_.stop(); }
  int port() const { return port_; }
  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  static std::string client_of(const httplib::Request& request) {
    X509* certificate = SSL_get1_peer_certificate(request.ssl);
    if (!certificate) return {};
    char name[200] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof(name));
    X509_free(certificate);
    return name;
  }

  httplib::SSLServer http_;
  int port_ = 0;
  std::jthread thread_;
};

Result<nlohmann::json> get(Client& client) {
  Request request;
  request.path = "/version";
  return client.send(request);
}

class Way : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(certificate_.made) << "openssl could not make a certificate"; }
  Config config_to(const TlsServer& server) const {
    Config config;
    config.server = "https://" + server.authority();
    config.ca_pem = certificate_.cert_pem;
    return config;
  }

  const Folder folder_;
  const TestCertificate certificate_{folder_, "api", "api.example.test"};
};

TEST_F(Way, ACertificateForAnotherNameIsRefused) {
  const TlsServer server(certificate_);
  Client client(config_to(server));
  const auto answer = get(client);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("127.0.0.1"));
}

TEST_F(Way, TheKubeconfigMaySayTheCertificatesName) {
  const TlsServer server(certificate_);
  Config config = config_to(server);
  config.tls_server_name = "api.example.test";
  Client client(config);
  const auto answer = get(client);
  ASSERT_TRUE(answer) << answer.error().message;
  // The name is for TLS alone.
  EXPECT_EQ((*answer)["host"], server.authority());
}

TEST_F(Way, AClientCertificateIsShown) {
  const TestCertificate mine(folder_, "client", "a-client");
  const TlsServer server(certificate_, mine.cert_file.c_str());
  Config config = config_to(server);
  config.tls_server_name = "api.example.test";
  config.client_cert_pem = mine.cert_pem;
  config.client_key_pem = mine.key_pem;
  Client client(config);
  const auto answer = get(client);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ((*answer)["client"], "a-client");
}

TEST_F(Way, ACertificateThatAPluginRenewsIsShownAtOnce) {
  const TestCertificate first(folder_, "first", "first"), second(folder_, "second", "second");
  const std::string trusted = folder_.write("trusted", first.cert_pem + second.cert_pem);
  const TlsServer server(certificate_, trusted.c_str());
  Config config = config_to(server);
  config.tls_server_name = "api.example.test";
  config.exec.emplace();
  config.exec->api_version = "client.authentication.k8s.io/v1";
  config.exec->command = folder_.write_script("login", "cat " + folder_.path() + "/answer\n");
  const auto hand_out = [&](const TestCertificate& certificate) {
    const nlohmann::json answer = {{"apiVersion", config.exec->api_version},
                                   {"kind", "ExecCredential"},
                                   {"status",
                                    {{"clientCertificateData", certificate.cert_pem},
                                     {"clientKeyData", certificate.key_pem},
                                     {"expirationTimestamp", "2020-01-01T00:00:00Z"}}}};
    folder_.write("answer", answer.dump());
  };
  hand_out(first);
  Client client(config);
  const auto before = get(client);
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ((*before)["client"], "first");
  hand_out(second);
  const auto after = get(client);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ((*after)["client"], "second");
}

TEST_F(Way, AProxyOfTheKubeconfigIsAskedForTheServer) {
  const TlsServer server(certificate_);
  const ConnectProxy proxy(server.port());
  Config config = config_to(server);
  config.server = "https://api.example.test:6443";
  config.proxy_url = proxy.url();
  Client client(config);
  const auto answer = get(client);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ((*answer)["host"], "api.example.test:6443");
  EXPECT_THAT(proxy.asked_for(), ElementsAre("CONNECT api.example.test:6443"));
}

TEST_F(Way, AProxyIsAskedForTheServerAndNotForTheCertificatesName) {
  const TlsServer server(certificate_);
  const ConnectProxy proxy(server.port());
  Config config = config_to(server);
  config.server = "https://10.1.2.3:6443";
  config.tls_server_name = "api.example.test";
  config.proxy_url = proxy.url();
  Client client(config);
  const auto answer = get(client);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_THAT(proxy.asked_for(), ElementsAre("CONNECT 10.1.2.3:6443"));
}

TEST_F(Way, AProxyOfTheEnvironmentIsUsedUnlessThisServerIsExempt) {
  const TlsServer server(certificate_);
  const ConnectProxy proxy(server.port());
  const Variable https("HTTPS_PROXY", proxy.url().c_str());
  const Variable none("NO_PROXY", nullptr), none_lower("no_proxy", nullptr);
  Config config = config_to(server);
  config.server = "https://api.example.test";
  Client proxied(config);
  EXPECT_TRUE(get(proxied));
  EXPECT_THAT(proxy.asked_for(), ElementsAre("CONNECT api.example.test:443"));

  const Variable exempt("NO_PROXY", "10.0.0.0/8,.example.test");
  Client direct(config);
  // The name exists nowhere but behind the proxy.
  EXPECT_FALSE(get(direct));
  EXPECT_EQ(proxy.asked_for().size(), 1u);
}

TEST_F(Way, AProxyThatIsNotThereIsSaidToBe) {
  const TlsServer server(certificate_);
  Config config = config_to(server);
  config.server = "https://api.example.test";
  {
    const ConnectProxy gone(server.port());
    config.proxy_url = gone.url();
  }
  Client client(config);
  const auto answer = get(client);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
}

struct ProxyCase {
  std::string server, no_proxy;
  bool is_proxied;
};

TEST(EnvironmentProxy, ExceptionsAreReadAsGoReadsThem) {
  const Variable http("HTTP_PROXY", "other:80"), https("HTTPS_PROXY", "proxy:3128");
  const Variable lower("no_proxy", nullptr);
  const ProxyCase cases[] = {
      {"https://api.example.org", "", true},
      {"https://api.example.org", "*", false},
      {"https://api.example.org", "example.org", false},
      {"https://example.org", "example.org", false},
      {"https://example.org", ".example.org", true},
      {"https://api.example.org", ".example.org", false},
      {"https://api.example.org", "*.example.org", false},
      {"https://notexample.org", "example.org", true},
      {"https://API.example.ORG", "Example.org", false},
      {"https://api.example.org:6443", "example.org:443, example.org:6443", false},
      {"https://api.example.org", "example.org:6443", true},
      {"https://10.96.0.1", "10.96.0.0/12", false},
      {"https://10.96.0.1:443", "10.96.0.1:443", false},
      {"https://10.112.0.1", "10.96.0.0/12", true},
      {"https://10.96.0.1", "10.96.0.1", false},
      {"https://10.96.0.1", "10.96.0.0/33", true},
      {"https://10.96.0.1", "10.96.0.0/x", true},
      {"https://[fd00::1]:6443", "fd00::/8", false},
      {"https://[fd00::1]:6443", "fd00::1", false},
      {"https://[fd00::1]:6443", "[fd00::1]:6443", false},
      {"https://[fe80::1]", "fd00::/8", true},
      {"https://10.0.0.1", "::/0", true},
      {"https://127.0.0.1:6443", "", false},
      {"https://[::1]:6443", "", false},
      {"https://localhost:6443", "", false},
  };
  for (const ProxyCase& c : cases) {
    const Variable no("NO_PROXY", c.no_proxy.c_str());
    EXPECT_EQ(environment_proxy(c.server), c.is_proxied ? "http://proxy:3128" : "") << c.server << " " << c.no_proxy;
  }
}

TEST(EnvironmentProxy, TheSchemeDecidesWhichVariableCounts) {
  const Variable no("NO_PROXY", nullptr), lower("no_proxy", nullptr);
  const Variable http("HTTP_PROXY", nullptr), https("HTTPS_PROXY", nullptr);
  const Variable http_lower("http_proxy", "http://a:1"), https_lower("https_proxy", "socks5://b:2");
  EXPECT_EQ(environment_proxy("http://example.org"), "http://a:1");
  EXPECT_EQ(environment_proxy("https://example.org"), "socks5://b:2");
}

}  // namespace
}  // namespace gyre::kube
