#include "webhooks/certificates.h"

#include <gtest/gtest.h>

#include "webhooks/x509.h"

namespace gyre::webhooks {
namespace {

using std::chrono::hours;

constexpr hours kDay{24};
const Time kNow{hours(24 * 365 * 60)};
const std::vector<std::string> kNames = {"a.demo.svc", "b.demo.svc"};

CertificateFacts facts() { return {kNow + 300 * kDay, std::nullopt, std::nullopt, kNow + 80 * kDay, kNames}; }

TEST(Rotation, FollowsTheFacts) {
  EXPECT_EQ(rotation_for({}, kNames, kNow), Rotation::kCreate);
  EXPECT_EQ(rotation_for(facts(), kNames, kNow), Rotation::kKeep);
  EXPECT_EQ(rotation_for(facts(), {"c.demo.svc"}, kNow), Rotation::kRenewServing);

  CertificateFacts serving_ends = facts();
  serving_ends.serving_end = kNow + 29 * kDay;
  EXPECT_EQ(rotation_for(serving_ends, kNames, kNow), Rotation::kRenewServing);

  CertificateFacts ca_ends = facts();
  ca_ends.ca_end = kNow + 29 * kDay;
  EXPECT_EQ(rotation_for(ca_ends, kNames, kNow), Rotation::kAddNext);
  ca_ends.next_start = kNow - hours(23);
  EXPECT_EQ(rotation_for(ca_ends, kNames, kNow), Rotation::kKeep);
  ca_ends.next_start = kNow - hours(24);
  EXPECT_EQ(rotation_for(ca_ends, kNames, kNow), Rotation::kSwitch);

  CertificateFacts ca_ended = facts();
  ca_ended.ca_end = kNow;
  EXPECT_EQ(rotation_for(ca_ended, kNames, kNow), Rotation::kCreate);
  // Better one that not everybody has heard of than one that has ended.
  ca_ended.next_start = kNow;
  EXPECT_EQ(rotation_for(ca_ended, kNames, kNow), Rotation::kSwitch);

  CertificateFacts previous_ended = facts();
  previous_ended.previous_end = kNow;
  EXPECT_EQ(rotation_for(previous_ended, kNames, kNow), Rotation::kDropPrevious);
}

TEST(Certificates, AreMadeOnceAndThenKept) {
  const auto made = up_to_date(std::nullopt, kNames, kNow);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(facts_of(*made).dns_names, kNames);
  EXPECT_EQ(made->bundle(), made->ca.certificate);
  EXPECT_EQ(*up_to_date(*made, kNames, kNow + kDay), *made);
}

TEST(Certificates, ThatCannotBeUsedAreMadeAnewAndTheRestIsKept) {
  const Certificates made = *up_to_date(std::nullopt, kNames, kNow), other = *up_to_date(std::nullopt, kNames, kNow);
  const auto mended = [](const Certificates& broken) { return *up_to_date(broken, kNames, kNow); };

  Certificates of_another_ca = made;
  of_another_ca.serving = other.serving;
  EXPECT_FALSE(facts_of(of_another_ca).serving_end);
  EXPECT_EQ(mended(of_another_ca).ca, made.ca);
  EXPECT_TRUE(facts_of(mended(of_another_ca)).serving_end);

  Certificates keyless = made;
  keyless.serving.key = other.serving.key;
  EXPECT_EQ(mended(keyless).ca, made.ca);
  EXPECT_TRUE(facts_of(mended(keyless)).serving_end);

  Certificates with_rubbish = made;
  with_rubbish.previous = "rubbish";
  with_rubbish.next = KeyPair{other.ca.certificate, "rubbish"};
  EXPECT_EQ(mended(with_rubbish), made);

  Certificates without_ca = made;
  without_ca.ca.key = "rubbish";
  EXPECT_NE(mended(without_ca).ca, made.ca);
  without_ca.next = other.ca;
  EXPECT_EQ(mended(without_ca).ca, other.ca);
  EXPECT_TRUE(x509::check_signature(mended(without_ca).serving.certificate, other.ca.certificate));
}

// A CA's whole change: at each step, what is presented was trusted the step before.
TEST(Certificates, ChangeTheirCaWithoutAnybodyMissingIt) {
  const Certificates first = *up_to_date(std::nullopt, kNames, kNow);
  const Time late = kNow + 340 * kDay;
  const Certificates overlapping = *up_to_date(first, kNames, late);
  EXPECT_EQ(overlapping.ca, first.ca);
  ASSERT_TRUE(overlapping.next);
  EXPECT_EQ(overlapping.bundle(), first.ca.certificate + overlapping.next->certificate);

  const Certificates switched = *up_to_date(overlapping, kNames, late + kDay);
  EXPECT_EQ(switched.ca, *overlapping.next);
  EXPECT_FALSE(switched.next);
  EXPECT_EQ(switched.bundle(), switched.ca.certificate + first.ca.certificate);
  EXPECT_TRUE(x509::check_signature(switched.serving.certificate, switched.ca.certificate));

  const Certificates alone = *up_to_date(switched, kNames, kNow + 366 * kDay);
  EXPECT_EQ(alone.bundle(), switched.ca.certificate);
}

}  // namespace
}  // namespace gyre::webhooks
