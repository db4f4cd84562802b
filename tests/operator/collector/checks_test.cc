#include "operator/collector/checks.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/operator/collector/samples.h"

namespace gyre::collector {
namespace {

struct Case {
  const char* field;
  std::function<void(wire::BucketsRequest&)> spoil;
};

TEST(Checks, NameTheFieldOfABadDelivery) {
  const std::vector<Case> cases = {
      {"service", [](auto& d) { d.service = ""; }},
      {"modelVersion", [](auto& d) { d.model_version = ""; }},
      {"baselineDigest", [](auto& d) { d.baseline_digest = "abc"; }},
      {"buckets[1].sequence", [](auto& d) { d.buckets[1].sequence = 0; }},
      {"buckets[1].seconds", [](auto& d) { d.buckets[1].seconds = 0; }},
      {"buckets[1].start", [](auto& d) { d.buckets[1].start += 3; }},
      {"buckets[1].start", [](auto& d) { d.buckets[1].start = -10; }},
      {"buckets[1].start", [](auto& d) { d.buckets[1].start += 3600; }},
      {"buckets[1].rows", [](auto& d) { d.buckets[1].rows = -1; }},
      {"buckets[1].features[0].counts", [](auto& d) { d.buckets[1].features[0].counts[1] = -1; }},
      {"buckets[1].predictions[0].counts", [](auto& d) { d.buckets[1].predictions[0].counts[0] = -1; }},
      {"buckets", [](auto& d) { d.buckets.resize(kMostBuckets + 1); }},
  };
  for (const Case& each : cases) {
    wire::BucketsRequest request = delivery({bucket(1), bucket(2, 10)});
    ASSERT_TRUE(check(request, kNow));
    each.spoil(request);
    const auto ok = check(request, kNow);
    ASSERT_FALSE(ok) << each.field;
    EXPECT_TRUE(ok.error().message.starts_with(std::string(each.field) + ": ")) << ok.error().message;
  }
}

TEST(Checks, NameTheFieldOfABadReport) {
  EXPECT_TRUE(check({.service = "churn", .revision = "12345678"}));
  EXPECT_TRUE(check({.revision = "12345678"}).error().message.starts_with("service: "));
  EXPECT_TRUE(check({.service = "churn"}).error().message.starts_with("revision: "));
}

}  // namespace
}  // namespace gyre::collector
