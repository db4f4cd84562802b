#include "webhooks/certificate_store.h"

#include <gtest/gtest.h>

#include "operator/base/base64.h"
#include "tests/webhooks/api_server.h"

namespace gyre::webhooks {
namespace {

using nlohmann::json;

constexpr char kSecret[] = "/api/v1/namespaces/gyre-system/secrets/gyre-certificates";
constexpr char kConfiguration[] =
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/gyre-gyre-system";
const std::vector<std::string> kNames = {"gyre-webhooks.gyre-system.svc"};
const Time kNow{std::chrono::hours(24 * 365 * 60)};

TEST(CertificateStore, ReplicasShareWhatTheFirstOneMade) {
  ApiServer server;
  kube::Client first(server.config()), second(server.config());
  const auto made = ensure_certificates(first, "gyre-system", kNames, kNow);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(*ensure_certificates(second, "gyre-system", kNames, kNow), *made);
  EXPECT_EQ(server.writes(), 1);
  EXPECT_EQ(from_base64(server.get(kSecret)["data"]["ca.crt"]), made->ca.certificate);
}

TEST(CertificateStore, RenewsWhatEndsSoonAndKeepsTheRest) {
  ApiServer server;
  kube::Client client(server.config());
  const auto made = ensure_certificates(client, "gyre-system", kNames, kNow);
  const auto renewed = ensure_certificates(client, "gyre-system", kNames, kNow + std::chrono::hours(24 * 70));
  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(renewed->ca, made->ca);
  EXPECT_NE(renewed->serving, made->serving);
  EXPECT_EQ(server.writes(), 2);
}

TEST(CertificateStore, ReplacesASecretThatIsOfNoUse) {
  ApiServer server;
  server.put(kSecret, {{"metadata", {{"name", "gyre-certificates"}}}, {"data", {{"ca.crt", "*"}, {"tls.crt", 3}}}});
  kube::Client client(server.config());
  const auto made = ensure_certificates(client, "gyre-system", kNames, kNow);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(from_base64(server.get(kSecret)["data"]["tls.crt"]), made->serving.certificate);
}

TEST(CaBundle, IsPutIntoEveryWebhookOnce) {
  ApiServer server;
  server.put(kConfiguration, json::parse(R"({"metadata": {"name": "gyre-gyre-system"}, "webhooks": [
      {"name": "validate.gyre.dev", "clientConfig": {"service": {"name": "gyre-webhooks"}}, "failurePolicy": "Fail"},
      {"name": "protect.gyre.dev", "clientConfig": {"service": {"name": "gyre-webhooks"}, "caBundle": "b2xk"}}]})"));
  kube::Client client(server.config());
  for (int i = 0; i < 2; ++i) {
    const auto done = ensure_ca_bundle(client, "gyre-gyre-system", "CA");
    ASSERT_TRUE(done) << done.error().message;
  }
  EXPECT_EQ(server.writes(), 1);
  const json webhooks = server.get(kConfiguration)["webhooks"];
  EXPECT_EQ(webhooks[0]["clientConfig"], json::parse(R"({"service": {"name": "gyre-webhooks"}, "caBundle": "Q0E="})"));
  EXPECT_EQ(webhooks[0]["failurePolicy"], "Fail");
  EXPECT_EQ(webhooks[1]["clientConfig"]["caBundle"], "Q0E=");
}

TEST(CaBundle, SaysWhichConfigurationIsMissing) {
  ApiServer server;
  kube::Client client(server.config());
  const auto done = ensure_ca_bundle(client, "gyre-elsewhere", "CA");
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("ValidatingWebhookConfiguration gyre-elsewhere"), std::string::npos);
}

}  // namespace
}  // namespace gyre::webhooks
