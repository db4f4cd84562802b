#include <gtest/gtest.h>
#include <signal.h>

#include <functional>
#include <thread>

#include "operator/base/base64.h"
#include "operator/base/clock.h"
#include "operator/base/digest.h"
#include "operator/base/json_text.h"
#include "operator/base/quantity.h"
#include "operator/base/signals.h"
#include "operator/base/text.h"
#include "operator/base/utf8.h"

namespace gyre {
namespace {

using namespace std::chrono_literals;

// In a thread of its own, whose mask ends with it. To the thread alone, as others of this program block nothing.
std::optional<int> with_blocked_signals(const std::function<void(std::stop_source&, pthread_t)>& act) {
  std::optional<int> out;
  std::thread([&] {
    block_ending_signals();
    std::stop_source enough;
    act(enough, pthread_self());
    out = wait_for_ending_signal(enough.get_token());
  }).join();
  return out;
}

TEST(EndingSignals, WaitUntilTheyAreAskedFor) {
  for (const int signal : {SIGTERM, SIGINT})
    EXPECT_EQ(with_blocked_signals([signal](auto&, pthread_t self) { pthread_kill(self, signal); }), signal);
}

TEST(EndingSignals, AreWaitedForNoLongerThanAsked) {
  EXPECT_EQ(with_blocked_signals([](auto& enough, pthread_t) { enough.request_stop(); }), std::nullopt);
  std::jthread late;
  EXPECT_EQ(with_blocked_signals([&late](auto& enough, pthread_t) {
              late = std::jthread([enough]() mutable {
                std::this_thread::sleep_for(50ms);
                enough.request_stop();
              });
            }),
            std::nullopt);
}

TEST(Duration, ReadsGoNotation) {
  EXPECT_EQ(parse_duration("1h30m"), Duration(90min));
  EXPECT_EQ(parse_duration("250ms"), Duration(250ms));
  EXPECT_EQ(parse_duration("1.5s"), Duration(1500ms));
  EXPECT_EQ(parse_duration("0"), Duration(0));
}

TEST(Duration, RefusesWhatIsNotOne) {
  for (const char* text : {"", "5", "-3s", "3 s", "h", "1x", "s5", "infs", "nanh", "2562048h", "1h9999999h",
                           "99999999999999999999999999h"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, RoundTrips) {
  for (const char* text : {"1h30m", "250ms", "45s", "0s", "24h", "2562047h"})
    EXPECT_EQ(format_duration(*parse_duration(text)), text);
}

TEST(Time, RoundTripsRfc3339) {
  for (const char* text : {"2026-11-21T07:43:21Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z"})
    EXPECT_EQ(format_time(*parse_time(text)), text);
  EXPECT_EQ(format_micro_time(*parse_time("2026-11-21T07:43:21.125Z")), "2026-11-21T07:43:21.125000Z");
}

TEST(Time, RefusesWhatIsNotOne) {
  for (const char* text :
       {"", "yesterday", "2026-13-01T00:00:00Z", "2026-11-21T07:43:21", "2026-11-21", "2026-11-21T07:43:infZ",
        "2026-11-21T07:43:1e300Z", "-999-11-21T07:43:21Z", "2026-11-21T24:00:00Z", "2026-11-21T07:60:00Z",
        "2026-11-21T07:43:60Z", "2026-11-21T07:43:21.Z", "2026-11-21T07:43: 1Z", "2026-11-21T07:43:21Z "})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(Time, DropsWhatIsFinerThanAThousandth) {
  EXPECT_EQ(*parse_time("2026-11-21T07:43:21.5Z") - *parse_time("2026-11-21T07:43:21Z"), 500ms);
  EXPECT_EQ(*parse_time("2026-11-21T07:43:59.999999999Z") - *parse_time("2026-11-21T07:43:59Z"), 999ms);
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

TEST(Base64, ComesBackAsItWas) {
  for (const std::string& bytes : {std::string(), std::string("a"), std::string("ab"), std::string("abc"),
                                   std::string("a\0\xff\0", 4), std::string("\0\0\0", 3)})
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  EXPECT_EQ(to_base64("ab"), "YWI=");
  EXPECT_FALSE(from_base64("YWI"));
  EXPECT_FALSE(from_base64("Y*I="));
  EXPECT_FALSE(from_base64("YW==YW=="));
  EXPECT_FALSE(from_base64("YWI=    "));
  EXPECT_EQ(to_base64url("\xfb\xff!"), "-_8h");
  EXPECT_EQ(to_base64url("ab"), "YWI");
  EXPECT_EQ(from_base64url("-_8h"), "\xfb\xff!");
  EXPECT_EQ(from_base64url("YWI"), "ab");
  for (const char* bad : {"YWI=", "+/8h", "Y", "YW I"}) EXPECT_FALSE(from_base64url(bad)) << bad;
}

TEST(Text, WhatIsNoUtf8IsReplacedByteByByte) {
  EXPECT_EQ(to_utf8("caf\u00e9"), "caf\u00e9");
  EXPECT_EQ(to_utf8("a\xff\xe2\x82z"), "a\uFFFD\uFFFD\uFFFDz");
  EXPECT_EQ(to_utf8(""), "");
}

TEST(Text, KnowsUtf8) {
  for (const char* text : {"", "abc", "\u00fc", "\u20ac", "\U0001f600", "\U0010ffff"})
    EXPECT_TRUE(is_utf8(text)) << text;
  for (const char* text :
       {"caf\xe9", "\xc3", "\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x9f\x98"})
    EXPECT_FALSE(is_utf8(text)) << text;
}

TEST(Text, QuotesTheBeginningOfWhatOthersWrote) {
  EXPECT_EQ(excerpt("short", 10), "short");
  EXPECT_EQ(excerpt("caf\xe9!", 10), "caf?!");
  EXPECT_EQ(excerpt("a\u20ac", 3), "a") << "no character is cut";
  EXPECT_EQ(excerpt("a\u20ac", 4), "a\u20ac");
  EXPECT_EQ(excerpt("\xe2\x82", 1), "?");
}

TEST(JsonText, MeasuresDepthOutsideStrings) {
  EXPECT_FALSE(is_nested_deeper("[[1], {\"a\": [2]}]", 3));
  EXPECT_TRUE(is_nested_deeper("[[1], {\"a\": [2]}]", 2));
  EXPECT_FALSE(is_nested_deeper(R"(["[[[[", "\"[["])", 1));
}

TEST(JsonText, QuotesWhatPythonWritesBare) {
  EXPECT_EQ(quote_non_numbers(R"({"a": NaN, "b": [-Infinity, Infinity]})"),
            R"({"a": "NaN", "b": ["-Infinity", "Infinity"]})");
  const char* const json = R"({"path": "C:\\", "say": "NaN \"Infinity\""})";
  EXPECT_EQ(quote_non_numbers(json), json) << "a backslash before a closing quote is the string's own";
}

TEST(Quantities, AreNumbersWithSuffixes) {
  const std::pair<const char*, double> cases[] = {{"0.5", 0.5}, {"500m", 0.5}, {"1", 1},          {"1Gi", 1073741824.0},
                                                  {"1k", 1000}, {"1e3", 1000}, {"1E3", 1000},     {"2E", 2e18},
                                                  {"-3", -3},   {"0", 0},      {"1500u", 0.0015}, {".5", 0.5}};
  for (const auto& [text, want] : cases) {
    const auto got = parse_quantity(text);
    ASSERT_TRUE(got) << text;
    EXPECT_DOUBLE_EQ(*got, want) << text;
  }
}

TEST(Quantities, OtherTextIsNone) {
  for (const char* text : {"", "m", "abc", "01", "0x10", "1.2.3", "1 Gi", "1gi", "1e", "10:30", "1-2", "v1",
                           "1234567890123456789012345678901234567890123"})
    EXPECT_FALSE(parse_quantity(text)) << text;
}

}  // namespace
}  // namespace gyre
