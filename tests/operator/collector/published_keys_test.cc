#include "operator/collector/published_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <thread>

#include "crds/builtin/pod.h"
#include "operator/collector/web_token.h"
#include "tests/operator/collector/memory_api.h"
#include "tests/operator/collector/samples.h"
#include "tests/operator/collector/signing_key.h"

namespace gyre::collector {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

constexpr char kIssuer[] = "https://kubernetes.default.svc";
const std::int64_t kNowSeconds = std::chrono::duration_cast<std::chrono::seconds>(kNow.time_since_epoch()).count();

// What a real API server puts into a projected token.
Json good_claims() {
  return {{"aud", {"gyre.dev"}},
          {"exp", kNowSeconds + 600},
          {"iat", kNowSeconds},
          {"iss", kIssuer},
          {"jti", "4e9c0b4c"},
          {"kubernetes.io",
           {{"namespace", "ml"},
            {"node", {{"name", "n1"}, {"uid", "uid-n1"}}},
            {"pod", {{"name", "a"}, {"uid", "uid-a"}}},
            {"serviceaccount", {{"name", "default"}, {"uid", "uid-default"}}}}},
          {"nbf", kNowSeconds},
          {"sub", "system:serviceaccount:ml:default"}};
}
const Identity kWho{"ml", "default", "a", "uid-a"};

// The part of an API server that publishes its keys.
class Issuer {
 public:
  Issuer() {
    http_.Get("/.well-known/openid-configuration", [this](const auto&, httplib::Response& response) {
      ++asked_;
      response.status = status;
      // An address that only the API server itself would know.
      response.set_content(Json{{"issuer", kIssuer}, {"jwks_uri", "https://172.16.0.2:6443/openid/v1/jwks"}}.dump(),
                           "application/json");
    });
    http_.Get("/openid/v1/jwks", [this](const httplib::Request& request, httplib::Response& response) {
      // A real one has them under no other name.
      if (request.get_header_value("Accept") != "application/jwk-set+json") {
        response.status = 406;
        return;
      }
      response.set_content(Json{{"keys", keys}}.dump(), "application/jwk-set+json");
    });
    http_.set_tcp_nodelay(true);
    port_ = http_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { http_.listen_after_bind(); });
    while (!http_.is_running()) std::this_thread::yield();
  }
  ~Issuer() { http_.stop(); }

  kube::Config config() const {
    kube::Config out;
    out.server = "http://127.0.0.1:" + std::to_string(port_);
    return out;
  }
  int asked() const { return asked_; }

  std::atomic<int> status = 200;
  Json keys = Json::array();  // Changed only between requests.

 private:
  std::atomic<int> asked_ = 0;
  httplib::Server http_;
  int port_ = 0;
  std::jthread thread_;
};

struct PublishedKeysTest : testing::Test {
  PublishedKeysTest() {
    issuer.keys = {rsa.jwk(), ec.jwk()};
    add_pod("uid-a");
  }
  void add_pod(const char* uid) {
    api.put(kind_of(Type<Pod>{}), {{"metadata", {{"name", "a"}, {"namespace", "ml"}, {"uid", uid}}}});
  }
  std::string refusal(const std::string& token) {
    const auto identity = keys.identify(token);
    if (identity) return "was accepted";
    EXPECT_EQ(identity.error().code, Code::kUnauthorized);
    return identity.error().message;
  }

  SigningKey rsa = SigningKey::rsa("first"), ec = SigningKey::ec("second");
  Issuer issuer;
  MemoryApi api;
  ManualClock clock{kNow};
  kube::Client client{issuer.config()};
  PublishedKeys keys{client, api, clock, {"ml"}};
};

TEST_F(PublishedKeysTest, KnowPodsByBothKindsOfKeys) {
  for (const SigningKey* key : {&rsa, &ec}) {
    const auto identity = keys.identify(key->token(good_claims()));
    ASSERT_TRUE(identity) << identity.error().message;
    EXPECT_EQ(*identity, kWho);
  }
  EXPECT_EQ(issuer.asked(), 1);
}

TEST_F(PublishedKeysTest, KnowATokenThatWasTamperedWith) {
  for (const SigningKey* key : {&rsa, &ec}) {
    const std::string token = key->token(good_claims());
    const std::size_t first = token.find('.'), last = token.rfind('.');
    Json other = good_claims();
    other["kubernetes.io"]["pod"]["name"] = "b";
    EXPECT_THAT(refusal(token.substr(0, first + 1) + to_base64url(other.dump()) + token.substr(last)),
                HasSubstr("did not sign"));
    // Each bit of the signature counts.
    std::string signature = *from_base64url(token.substr(last + 1));
    for (std::size_t i = 0; i < signature.size() * 8; i += 7) {
      std::string changed = signature;
      changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << (i % 8)));
      EXPECT_THAT(refusal(token.substr(0, last + 1) + to_base64url(changed)), HasSubstr("did not sign")) << i;
    }
    EXPECT_THAT(refusal(token.substr(0, last + 1)), HasSubstr("did not sign"));
    EXPECT_THAT(refusal(token.substr(0, last + 1) + to_base64url(signature + signature)), HasSubstr("did not sign"));
  }
}

TEST_F(PublishedKeysTest, LetNoTokenChooseHowItIsChecked) {
  const auto with_header = [&](const Json& header) { return rsa.token(good_claims(), header); };
  for (const char* algorithm : {"none", "None", "HS256", "RS512", "PS256", "ES256", ""})
    EXPECT_THAT(refusal(with_header({{"alg", algorithm}, {"kid", "first"}})), HasSubstr("did not sign")) << algorithm;
  EXPECT_THAT(refusal(with_header({{"alg", "RS256"}, {"kid", "second"}})), HasSubstr("did not sign"));
  EXPECT_THAT(refusal(with_header({{"alg", "RS256"}})), HasSubstr("did not sign"));
  EXPECT_THAT(refusal(with_header({{"alg", "RS256"}, {"kid", "first"}, {"crit", {"x"}}})),
              HasSubstr("web token that can be read"));
  const std::string unsigned_one =
      to_base64url(Json{{"alg", "none"}, {"kid", "first"}}.dump()) + "." + to_base64url(good_claims().dump()) + ".";
  EXPECT_THAT(refusal(unsigned_one), HasSubstr("did not sign"));
  // The same key, known under another id by somebody else.
  const SigningKey stranger = SigningKey::rsa("first");
  EXPECT_THAT(refusal(stranger.token(good_claims())), HasSubstr("did not sign"));
}

TEST_F(PublishedKeysTest, SurviveAnyBytes) {
  const std::string token = ec.token(good_claims());
  for (const std::string& bytes : {std::string(), std::string("."), std::string(".."), std::string("a.b.c"),
                                   std::string(100000, 'a'), "..." + token, token + ".x", std::string("\0.\0.\0", 5),
                                   to_base64url("[1]") + "." + to_base64url("7") + ".AA", std::string(9000, '.')})
    EXPECT_NE(refusal(bytes), "was accepted");
  for (std::size_t cut = 0; cut < token.size(); ++cut) EXPECT_NE(refusal(token.substr(0, cut)), "was accepted") << cut;
  EXPECT_LE(issuer.asked(), 1);
}

TEST_F(PublishedKeysTest, AreReadAgainForAKeyThatIsNewButNotWithoutEnd) {
  ASSERT_TRUE(keys.identify(rsa.token(good_claims())));
  const SigningKey next = SigningKey::rsa("third");
  EXPECT_THAT(refusal(next.token(good_claims())), HasSubstr("did not sign"));
  issuer.keys.push_back(next.jwk());
  for (int i = 0; i < 20; ++i) EXPECT_THAT(refusal(next.token(good_claims())), HasSubstr("did not sign"));
  EXPECT_EQ(issuer.asked(), 1);
  clock.advance(10s);
  EXPECT_TRUE(keys.identify(next.token(good_claims())));
  EXPECT_TRUE(keys.identify(next.token(good_claims())));
  EXPECT_EQ(issuer.asked(), 2);
}

TEST_F(PublishedKeysTest, AreForgottenWhenTheClusterDropsThem) {
  Json claims = good_claims();
  claims["exp"] = kNowSeconds + 7200;
  ASSERT_TRUE(keys.identify(rsa.token(claims)));
  issuer.keys = {ec.jwk()};
  clock.advance(59min);
  EXPECT_TRUE(keys.identify(rsa.token(claims)));
  clock.advance(1min);
  EXPECT_THAT(refusal(rsa.token(claims)), HasSubstr("did not sign"));
}

TEST_F(PublishedKeysTest, OutliveAnApiServerThatIsAway) {
  Json claims = good_claims();
  claims["exp"] = kNowSeconds + 7200;
  issuer.status = 503;
  EXPECT_EQ(keys.identify(rsa.token(claims)).error().code, Code::kUnavailable);
  issuer.status = 200;
  clock.advance(10s);
  EXPECT_TRUE(keys.identify(rsa.token(claims)));
  issuer.status = 503;
  clock.advance(1h);
  EXPECT_TRUE(keys.identify(rsa.token(claims)));
  // Of a key that we do not know nothing can be said now; the token may be good.
  EXPECT_EQ(keys.identify(SigningKey::ec("third").token(claims)).error().code, Code::kUnavailable);
}

TEST_F(PublishedKeysTest, NameTheRightThatIsMissing) {
  issuer.status = 403;
  const auto identity = keys.identify(rsa.token(good_claims()));
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, Code::kUnavailable);
  EXPECT_THAT(identity.error().message, HasSubstr("system:service-account-issuer-discovery"));
}

TEST_F(PublishedKeysTest, DoNotSpeakForAPodThatIsGone) {
  add_pod("uid-of-the-next");
  EXPECT_THAT(refusal(rsa.token(good_claims())), HasSubstr("does not exist any more"));
  Json of_nobody = good_claims();
  of_nobody["kubernetes.io"]["pod"]["name"] = "nobody";
  EXPECT_THAT(refusal(rsa.token(of_nobody)), HasSubstr("does not exist any more"));
}

TEST_F(PublishedKeysTest, DoNotSpeakForAPodOfANamespaceThatIsNotWatched) {
  Json claims = good_claims();
  claims["kubernetes.io"]["namespace"] = "other";
  claims["sub"] = "system:serviceaccount:other:default";
  EXPECT_THAT(refusal(rsa.token(claims)), HasSubstr("namespace other, which this installation does not watch"));
}

TEST_F(PublishedKeysTest, SayThatItIsTheOperatorWhomTheApiServerRefuses) {
  for (const Code code : {Code::kUnauthorized, Code::kForbidden}) {
    api.fail_next_read(Error{code, "Refused", "pods is forbidden", std::nullopt});
    const auto identity = keys.identify(rsa.token(good_claims()));
    ASSERT_FALSE(identity);
    EXPECT_EQ(identity.error().code, Code::kUnavailable);
    EXPECT_THAT(identity.error().message, HasSubstr("gyre-operator"));
  }
  EXPECT_TRUE(keys.identify(rsa.token(good_claims())));
}

TEST(KeySet, KeepsWhatItCanUse) {
  const SigningKey rsa = SigningKey::rsa("rsa"), ec = SigningKey::ec("ec"), weak = SigningKey::rsa("weak", 1024);
  const auto changed = [](Json jwk, const Json& change) {
    jwk.merge_patch(change);
    return jwk;
  };
  const auto keys =
      KeySet::parse({{"keys",
                      {rsa.jwk(),
                       ec.jwk(),
                       weak.jwk(),
                       3,
                       Json::object(),
                       {{"kty", "oct"}, {"k", "c2VjcmV0"}},
                       changed(rsa.jwk(), {{"kid", "encrypts"}, {"use", "enc"}}),
                       changed(rsa.jwk(), {{"kid", "other"}, {"alg", "RS512"}}),
                       changed(rsa.jwk(), {{"kid", "cut"}, {"n", "AQAB"}}),
                       changed(ec.jwk(), {{"kid", "curve"}, {"crv", "P-521"}}),
                       changed(ec.jwk(), {{"kid", "nowhere"}, {"x", to_base64url(std::string(32, 'x'))}})}}});
  ASSERT_TRUE(keys) << keys.error().message;
  for (const char* kept : {"rsa", "ec"}) EXPECT_TRUE(keys->has(kept)) << kept;
  for (const char* left : {"weak", "", "encrypts", "other", "cut", "curve", "nowhere"})
    EXPECT_FALSE(keys->has(left)) << left;
  for (const Json& none : {Json(), Json::array(), Json{{"keys", 3}}}) EXPECT_FALSE(KeySet::parse(none));
}

struct Refusal {
  const char* name;
  Json change;  // Merged into good claims.
  const char* says;
};

class Claims : public testing::TestWithParam<Refusal> {};

TEST_P(Claims, AreRefused) {
  Json claims = good_claims();
  claims.merge_patch(GetParam().change);
  const auto identity = identity_of(claims, kIssuer, kNow);
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, Code::kUnauthorized);
  EXPECT_THAT(identity.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Tokens, Claims,
    testing::Values(
        Refusal{"of another issuer", {{"iss", "https://elsewhere"}}, "issued by \"https://elsewhere\""},
        Refusal{"of no issuer", {{"iss", nullptr}}, "issued by \"\""},
        Refusal{"for another audience", {{"aud", {"vault"}}}, "audience gyre.dev"},
        Refusal{"for nobody", {{"aud", nullptr}}, "audience gyre.dev"},
        Refusal{"that expired", {{"exp", kNowSeconds - 10}}, "has expired"},
        Refusal{"without an end", {{"exp", nullptr}}, "has expired"},
        Refusal{"with a strange end", {{"exp", "tomorrow"}}, "has expired"},
        Refusal{"with an endless end", {{"exp", 1e300}}, "has expired"},
        Refusal{"of the future", {{"nbf", kNowSeconds + 11}}, "not valid yet"},
        Refusal{"without a start", {{"nbf", nullptr}}, "not valid yet"},
        Refusal{"of a person", {{"sub", "jane"}}, "not a service account's"},
        Refusal{"of another namespace", {{"sub", "system:serviceaccount:other:default"}}, "not a service account's"},
        Refusal{"of no pod", {{"kubernetes.io", {{"pod", nullptr}}}}, "not bound to a pod"},
        Refusal{"of a pod without uid", {{"kubernetes.io", {{"pod", {{"uid", nullptr}}}}}}, "not bound to a pod"},
        Refusal{"of no cluster", {{"kubernetes.io", 3}}, "not a service account's"}),
    [](const auto& each) {
      std::string name = each.param.name;
      std::ranges::replace(name, ' ', '_');
      return name;
    });

TEST(GoodClaims, MayComeFromAClockThatIsALittleAhead) {
  Json claims = good_claims();
  claims["nbf"] = kNowSeconds + 9;
  claims["aud"] = "gyre.dev";
  EXPECT_EQ(identity_of(claims, kIssuer, kNow), kWho);
  claims["exp"] = kNowSeconds - 9;
  EXPECT_EQ(identity_of(claims, kIssuer, kNow), kWho);
}

}  // namespace
}  // namespace gyre::collector
