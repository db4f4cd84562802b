// Certificates over years, as two replicas rotate them through one Secret while others trust what they have last seen.
#include <gtest/gtest.h>
#include <httplib.h>

#include <deque>
#include <set>

#include "operator/base/base64.h"
#include "operator/serve/x509_handles.h"
#include "tests/webhooks/api_server.h"
#include "webhooks/certificate_store.h"
#include "webhooks/server.h"

namespace gyre::webhooks {
namespace {

using nlohmann::json;

constexpr char kSecret[] = "/api/v1/namespaces/gyre-system/secrets/gyre-certificates";
constexpr char kConfiguration[] =
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/gyre-gyre-system";
const std::vector<std::string> kNames = {"localhost"};
constexpr Duration kDay = std::chrono::hours(24);

struct AcceptingChecker : PodTemplateChecker {
  Result<std::vector<schema::FieldError>> check(const std::string&, const nlohmann::json&) override {
    return std::vector<schema::FieldError>{};
  }
};

// One replica: its own client, its own server, and the certificates of its last look.
struct Replica {
  explicit Replica(const ApiServer& api) : client(api.config()) {}

  void look(Time now) {
    const auto found = ensure_certificates(client, "gyre-system", kNames, now);
    ASSERT_TRUE(found) << found.error().message;
    const auto told = ensure_ca_bundle(client, "gyre-gyre-system", found->bundle());
    ASSERT_TRUE(told) << told.error().message;
    certificates = *found;
    if (!server)
      server = *Server::start({.address = "127.0.0.1", .port = 0}, {{}, checker},
                              [this] { return Result<KeyPair>(certificates.serving); });
  }

  // A handshake at that time by somebody who trusts this bundle, the name included.
  bool is_trusted(const std::string& bundle, Time now) const {
    httplib::SSLClient http("localhost", server->port());
    X509_STORE* trusted = X509_STORE_new();  // The client's from here on.
    const auto authorities = x509::parse_certificates(bundle);
    for (const auto& each : *authorities) X509_STORE_add_cert(trusted, each.get());
    http.set_ca_cert_store(trusted);
    http.enable_server_certificate_verification(true);
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(http.ssl_context()), std::chrono::system_clock::to_time_t(now));
    return http.Post("/validate", "", "application/json").error() == httplib::Error::Success;
  }

  kube::Client client;
  AcceptingChecker checker;
  Certificates certificates;
  std::unique_ptr<Server> server;
};

struct Years : testing::Test {
  Years() {
    api.put(kConfiguration, json::parse(R"({"metadata": {"name": "gyre-gyre-system"}, "webhooks": [
        {"name": "validate.gyre.dev", "clientConfig": {"service": {"name": "gyre-webhooks"}}}]})"));
  }
  std::string bundle() { return *from_base64(api.get(kConfiguration)["webhooks"][0]["clientConfig"]["caBundle"]); }

  ApiServer api;
  Replica a{api}, b{api};
  Time now{60 * 365 * kDay};
};

TEST_F(Years, NobodyIsShownACertificateThatTheyCannotTrustYet) {
  std::deque<std::string> seen;  // Bundles of this step, of half a day ago, of a day ago.
  std::set<std::string> authorities, certificates;
  std::set<std::pair<std::string, std::string>> met;
  std::size_t most_trusted = 0;
  int handshakes = 0, quiet = 0;
  const Time end = now + 800 * kDay;
  // By half days around every change, by ten days in between.
  for (int step = 0; now < end; ++step, now += quiet < 4 ? kDay / 2 : 10 * kDay) {
    // They take turns at being first; the other one presents what it found half a day ago.
    Replica& early = step % 2 == 0 ? a : b;
    Replica& late = step % 2 == 0 ? b : a;
    early.look(now);
    seen.push_front(bundle());
    if (seen.size() > 3) seen.pop_back();
    for (const std::string& trusted : seen)
      for (const Replica* replica : {&early, &late}) {
        if (!replica->server) continue;
        ASSERT_GT(facts_of(replica->certificates).serving_end, now);
        // Those who have met and trusted one another are tried once.
        if (!met.insert({trusted, replica->certificates.serving.certificate}).second) continue;
        ASSERT_TRUE(replica->is_trusted(trusted, now)) << "at step " << step;
        ++handshakes;
      }
    authorities.insert(early.certificates.ca.certificate);
    const bool is_new = certificates.insert(early.certificates.serving.certificate).second;
    quiet = is_new || early.certificates.next ? 0 : quiet + 1;
    most_trusted = std::max(most_trusted, x509::parse_certificates(seen.front())->size());
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_EQ(authorities.size(), 3u);
  EXPECT_GT(certificates.size(), 12u);
  EXPECT_EQ(most_trusted, 2u);
  EXPECT_GT(handshakes, 20);
  // Made once; of each CA: added, switched to, dropped; and the bundle each time; certificates in between.
  EXPECT_LT(api.writes(), 40);
  EXPECT_FALSE(a.is_trusted(bundle(), now + 365 * kDay));
}

TEST_F(Years, BothReplicasEndWithTheSameWhenTheyMeetAtEachStep) {
  for (int month = 0; month < 30; ++month, now += 30 * kDay) {
    std::jthread first([&] { a.look(now); }), second([&] { b.look(now); });
    first.join();
    second.join();
    ASSERT_EQ(a.certificates, b.certificates) << "month " << month;
    ASSERT_EQ(bundle(), a.certificates.bundle());
  }
}

TEST_F(Years, AReplicaThatSleptThroughTheOverlapStillFindsItsWay) {
  a.look(now);
  const std::string old = bundle();
  now += 340 * kDay;
  a.look(now);
  EXPECT_NE(bundle(), old);
  now += 60 * kDay;  // The first CA has ended, the second one never signed.
  b.look(now);
  EXPECT_EQ(b.certificates.ca, *a.certificates.next);
  EXPECT_TRUE(b.is_trusted(bundle(), now));
}

}  // namespace
}  // namespace gyre::webhooks
