#include "operator/collector/identity.h"

#include <gtest/gtest.h>

#include "operator/collector/authenticator.h"
#include "tests/operator/collector/memory_api.h"
#include "tests/operator/collector/samples.h"

namespace gyre::collector {
namespace {

using Json = nlohmann::json;

struct Refusal {
  const char* name;
  Json change;  // Merged into a good status.
  const char* says;
};

class Refuses : public testing::TestWithParam<Refusal> {};

TEST_P(Refuses, Token) {
  Json status = review_status("ml", "a");
  status.merge_patch(GetParam().change);
  const auto identity = parse_token_review({{"status", status}});
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, Code::kUnauthorized);
  EXPECT_NE(identity.error().message.find(GetParam().says), std::string::npos) << identity.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Tokens, Refuses,
    testing::Values(Refusal{"unknown", {{"authenticated", false}}, "does not know this token"},
                    Refusal{"of another audience", {{"audiences", {"vault"}}}, "audience gyre.dev"},
                    Refusal{"without audience", {{"audiences", nullptr}}, "audience gyre.dev"},
                    Refusal{"of a person", {{"user", {{"username", "jane"}}}}, "not a service account's"},
                    Refusal{"of no pod", {{"user", {{"extra", nullptr}}}}, "not bound to a pod"}),
    [](const auto& each) {
      std::string name = each.param.name;
      std::ranges::replace(name, ' ', '_');
      return name;
    });

TEST(Identity, IsThePodThatTheTokenIsBoundTo) {
  EXPECT_EQ(parse_token_review({{"status", review_status("ml", "a")}}), (Identity{"ml", "default", "a", "uid-a"}));
}

struct AuthenticatorTest : testing::Test {
  AuthenticatorTest() { api.accept("good", review_status("ml", "a")); }
  MemoryApi api;
  ManualClock clock{kNow};
  bool alive = false;
  Authenticator authenticator{review_tokens(api), clock, [this](const Identity&) { return alive; }};
};

TEST_F(AuthenticatorTest, AsksOnceAMinuteAboutAPodThatItDoesNotSee) {
  ASSERT_TRUE(authenticator.identify("Bearer good"));
  clock.advance(59s);
  ASSERT_TRUE(authenticator.identify("Bearer good"));
  EXPECT_EQ(api.reviews(), 1);
  clock.advance(1s);
  ASSERT_TRUE(authenticator.identify("Bearer good"));
  EXPECT_EQ(api.reviews(), 2);
}

TEST_F(AuthenticatorTest, AsksHalfHourlyAboutAPodThatItSees) {
  alive = true;
  ASSERT_TRUE(authenticator.identify("Bearer good"));
  clock.advance(29min);
  ASSERT_TRUE(authenticator.identify("Bearer good"));
  EXPECT_EQ(api.reviews(), 1);
  clock.advance(1min);
  ASSERT_TRUE(authenticator.identify("Bearer good"));
  EXPECT_EQ(api.reviews(), 2);
}

TEST_F(AuthenticatorTest, FindsOutWhenAPodIsGone) {
  alive = true;
  ASSERT_TRUE(authenticator.identify("Bearer good"));
  alive = false;
  api.accept("good", {{"authenticated", false}});
  clock.advance(2min);
  EXPECT_EQ(authenticator.identify("Bearer good").error().code, Code::kUnauthorized);
}

TEST_F(AuthenticatorTest, SaysThatItIsTheOperatorWhomTheApiServerRefuses) {
  for (const Code code : {Code::kUnauthorized, Code::kForbidden, Code::kInvalid, Code::kThrottled}) {
    api.fail_next_write(Error{code, "Refused", "tokenreviews is forbidden", std::nullopt});
    const auto identity = authenticator.identify("Bearer good");
    ASSERT_FALSE(identity);
    EXPECT_EQ(identity.error().code, Code::kUnavailable);
    EXPECT_NE(identity.error().message.find("gyre-operator"), std::string::npos) << identity.error().message;
    EXPECT_NE(identity.error().message.find("tokenreviews is forbidden"), std::string::npos);
  }
  EXPECT_TRUE(authenticator.identify("Bearer good"));
}

TEST_F(AuthenticatorTest, RefusesWithoutAskingWhenThereIsNoToken) {
  for (const char* header : {"", "Bearer ", "Basic good"})
    EXPECT_EQ(authenticator.identify(header).error().reason, "TokenMissing") << header;
  EXPECT_EQ(api.reviews(), 0);
}

}  // namespace
}  // namespace gyre::collector
