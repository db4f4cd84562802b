#include <gtest/gtest.h>

#include "operator/base/clock.h"
#include "operator/base/digest.h"
#include "operator/base/text.h"

namespace gyre {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsGoNotation) {
  EXPECT_EQ(parse_duration("1h30m"), Duration(90min));
  EXPECT_EQ(parse_duration("250ms"), Duration(250ms));
  EXPECT_EQ(parse_duration("1.5s"), Duration(1500ms));
  EXPECT_EQ(parse_duration("0"), Duration(0));
}

TEST(Duration, RefusesWhatIsNotOne) {
  for (const char* text : {"", "5", "-3s", "3 s", "h", "1x", "s5", "99999999999999999999h"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, RoundTrips) {
  for (const char* text : {"1h30m", "250ms", "45s", "0s", "24h"})
    EXPECT_EQ(format_duration(*parse_duration(text)), text);
}

TEST(Time, RoundTripsRfc3339) {
  for (const char* text : {"2026-11-21T07:43:21Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z"})
    EXPECT_EQ(format_time(*parse_time(text)), text);
  EXPECT_EQ(format_micro_time(*parse_time("2026-11-21T07:43:21.125Z")), "2026-11-21T07:43:21.125000Z");
}

TEST(Time, RefusesWhatIsNotOne) {
  for (const char* text : {"", "yesterday", "2026-13-01T00:00:00Z", "2026-11-21T07:43:21", "2026-11-21"})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(Digest, IsSha256) {
  EXPECT_EQ(sha256_digest("abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash8("abc"), "ba7816bf");
}

TEST(Text, SplitsJoinsTrimsReplaces) {
  EXPECT_EQ(join(split("a,b,,c", ','), ";"), "a;b;;c");
  EXPECT_EQ(trim("  x y\n"), "x y");
  EXPECT_EQ(replace_all("a${x}b${x}", "${x}", "1"), "a1b1");
}

}  // namespace
}  // namespace gyre
