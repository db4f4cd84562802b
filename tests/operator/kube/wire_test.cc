#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "operator/base/utf8.h"
#include "operator/kube/request.h"
#include "operator/kube/status_error.h"
#include "operator/kube/watch_event.h"

namespace gyre::kube {
namespace {

using testing::HasSubstr;

TEST(WatchFrames, EveryTypeIsKnown) {
  const std::pair<const char*, FrameType> types[] = {{"ADDED", FrameType::kAdded},
                                                     {"MODIFIED", FrameType::kModified},
                                                     {"DELETED", FrameType::kDeleted},
                                                     {"BOOKMARK", FrameType::kBookmark}};
  for (const auto& [name, type] : types) {
    const auto event =
        parse_watch_event(std::string(R"({"type":")") + name + R"(","object":{"metadata":{"name":"x"}}})");
    ASSERT_TRUE(event) << name;
    EXPECT_EQ(event->type, type);
    EXPECT_EQ(event->object.key.name, "x");
  }
}

TEST(WatchFrames, WhatIsKnownComesWithoutItsText) {
  const auto is_known = [](const Key& key, std::string_view version) { return key.name == "x" && version == "7"; };
  const auto text = [&](const char* type, const char* version) {
    const std::string line =
        fmt::format(R"({{"type":"{}","object":{{"metadata":{{"name":"x","resourceVersion":"{}"}}}}}})", type, version);
    const auto event = parse_watch_event(line, is_known);
    EXPECT_EQ(event->object.key.name, "x");
    EXPECT_EQ(event->object.version, version);
    return event->object.text;
  };
  EXPECT_EQ(text("ADDED", "7"), "");
  EXPECT_EQ(text("MODIFIED", "7"), "");
  EXPECT_NE(text("MODIFIED", "8"), "");
  EXPECT_NE(text("DELETED", "7"), "") << "a deletion is always news";
}

TEST(WatchFrames, OfBytesThatAreNoTextAreQuotedAsText) {
  std::string line = R"({"type":"ADDED","object":")";
  while (line.size() < 300) line += "\u00fc";
  const auto event = parse_watch_event(line + '"');
  ASSERT_FALSE(event);
  EXPECT_TRUE(is_utf8(event.error().message)) << "a condition with half a character is refused by the API server";
}

TEST(WatchFrames, AnErrorFrameIsItsError) {
  const auto gone = parse_watch_event(
      R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}})");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Code::kGone);
  EXPECT_EQ(gone.error().reason, "Expired");
  EXPECT_EQ(gone.error().message, "too old");
  const auto nameless = parse_watch_event(R"({"type":"ERROR","object":{}})");
  ASSERT_FALSE(nameless);
  EXPECT_EQ(nameless.error().code, Code::kUnavailable);
}

TEST(WatchFrames, NonsenseIsABadFrame) {
  for (const char* line :
       {"", "{", "[]", "null", R"({"type":"ADDED"})", R"({"type":1,"object":{}})", R"({"type":"ADDED","object":[]})",
        R"({"type":"RENAMED","object":{}})", R"({"type":"ADDED","object":{"metadata":{"na)"}) {
    const auto event = parse_watch_event(line);
    ASSERT_FALSE(event) << line;
    EXPECT_EQ(event.error().code, Code::kInternal) << line;
  }
}

TEST(WatchFrames, NoServerSendsUsAwayForLong) {
  for (const char* seconds : {"1e300", "-5", "3"}) {
    const auto event = parse_watch_event(
        fmt::format(R"({{"type":"ERROR","object":{{"code":429,"details":{{"retryAfterSeconds":{}}}}}}})", seconds));
    EXPECT_EQ(event.error().retry_after_seconds, std::clamp(std::atof(seconds), 0.0, 3600.0));
  }
}

TEST(WatchFrames, ContentIsAllButStatusAndVersions) {
  const auto content = [](const char* json) { return parse_object(json).value().content; };
  const std::uint64_t one = content(R"({"metadata":{"name":"x","resourceVersion":"1"},"data":{"a":"b"},"status":{}})");
  EXPECT_EQ(one, content(R"({"metadata":{"name":"x","resourceVersion":"2"},"data":{"a":"b"},"status":{"c":1}})"));
  EXPECT_NE(one, content(R"({"metadata":{"name":"x"},"data":{"a":"c"}})"));
  EXPECT_NE(one, content(R"({"metadata":{"name":"x"},"binaryData":{"a":"b"}})"));
  EXPECT_NE(one, content(R"({"metadata":{"name":"x","labels":{}},"data":{"a":"b"}})"));
}

TEST(WatchFrames, TrimmingDropsWhatNobodyReads) {
  const auto text = [](const char* json) { return parse_object(json).value().text; };
  EXPECT_EQ(text(R"({"metadata": {"name":"x","managedFields":[{}],"annotations":{
      "kubectl.kubernetes.io/last-applied-configuration":"{}","mine":"1"}},"data":{"managedFields":"stays"}})"),
            R"({"metadata":{"name":"x","annotations":{"mine":"1"}},"data":{"managedFields":"stays"}})");
  EXPECT_EQ(text(R"({"metadata":{"managedFields":[]}})"), R"({"metadata":{}})");
  EXPECT_EQ(text(R"({"metadata":[]})"), R"({"metadata":[]})");
}

TEST(WatchFrames, WhatIsKeptIsKeptAsItWas) {
  const char* object =
      R"({"a":[1,-2,0.5,1e3,true,null,"\n\"\u00e9"],"k\"ey":{"annotations":{"x":"y"}},"big":18446744073709551615})";
  EXPECT_EQ(nlohmann::json::parse(parse_object(object).value().text), nlohmann::json::parse(object));
}

TEST(Lists, CarryTheirVersionAndTheNextPage) {
  const auto page = parse_list(
      R"({"metadata":{"resourceVersion":"7","continue":"more"},"items":[{"metadata":{"namespace":"n","name":"x","resourceVersion":"5"}}]})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->version, "7");
  EXPECT_EQ(page->next, "more");
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0].key, (Key{"n", "x"}));
  EXPECT_EQ(page->items[0].version, "5");
  EXPECT_FALSE(parse_list("[]"));
}

struct ErrorCase {
  long status;
  std::string body;
  Code code;
  std::string reason;
};

class ServerErrors : public testing::TestWithParam<ErrorCase> {};

TEST_P(ServerErrors, BecomeACode) {
  const Error error = error_from_response(GetParam().status, GetParam().body, std::nullopt);
  EXPECT_EQ(error.code, GetParam().code);
  EXPECT_EQ(error.reason, GetParam().reason);
  EXPECT_FALSE(error.message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, ServerErrors,
    testing::Values(
        ErrorCase{400, R"({"reason":"BadRequest"})", Code::kInvalid, "BadRequest"},
        ErrorCase{401, R"({"reason":"Unauthorized"})", Code::kUnauthorized, "Unauthorized"},
        ErrorCase{403, R"({"reason":"Forbidden","message":"jobs is forbidden"})", Code::kForbidden, "Forbidden"},
        ErrorCase{
            403,
            R"({"reason":"Forbidden","message":"being terminated","details":{"causes":[{"reason":"NamespaceTerminating"}]}})",
            Code::kConflict, "NamespaceTerminating"},
        ErrorCase{403, R"({"message":"admission webhook \"x\" denied the request: no"})", Code::kInvalid, "Http403"},
        ErrorCase{404, R"({"reason":"NotFound"})", Code::kNotFound, "NotFound"},
        ErrorCase{404, "404 page not found", Code::kUnavailable, "Http404"},
        ErrorCase{400, "<html>a load balancer</html>", Code::kUnavailable, "Http400"},
        ErrorCase{302, "<html>log in</html>", Code::kUnavailable, "Http302"},
        ErrorCase{409, R"({"reason":"AlreadyExists"})", Code::kAlreadyExists, "AlreadyExists"},
        ErrorCase{409, R"({"reason":"Conflict"})", Code::kConflict, "Conflict"},
        ErrorCase{410, R"({"reason":"Expired"})", Code::kGone, "Expired"},
        ErrorCase{422, R"({"reason":"Invalid"})", Code::kInvalid, "Invalid"},
        ErrorCase{422, R"({"reason":"Invalid","details":{"causes":[{"field":"metadata.uid"}]}})", Code::kConflict,
                  "Conflict"},
        ErrorCase{422, R"({"reason":"Invalid","details":{"causes":[{"field":"spec.x"}]}})", Code::kInvalid, "Invalid"},
        ErrorCase{429, "slow down", Code::kThrottled, "Http429"},
        ErrorCase{500, R"({"reason":"InternalError"})", Code::kUnavailable, "InternalError"},
        ErrorCase{503, "", Code::kUnavailable, "Http503"},
        ErrorCase{504, R"({"reason":"Timeout"})", Code::kTimeout, "Timeout"},
        ErrorCase{418, R"({"reason":7,"message":[]})", Code::kInvalid, "Http418"},
        ErrorCase{502, R"("a string")", Code::kUnavailable, "Http502"}));

TEST(ServerErrorDelays, TheHeaderComesBeforeTheBody) {
  const char* body = R"({"reason":"TooManyRequests","details":{"retryAfterSeconds":7}})";
  EXPECT_EQ(error_from_response(429, body, std::nullopt).retry_after_seconds, 7);
  EXPECT_EQ(error_from_response(429, body, 2.0).retry_after_seconds, 2);
  EXPECT_EQ(error_from_response(429, "{}", std::nullopt).retry_after_seconds, std::nullopt);
}

TEST(ServerErrorMessages, AForeignBodyIsQuoted) {
  EXPECT_THAT(error_from_response(502, "<html>proxy</html>", std::nullopt).message, HasSubstr("<html>proxy"));
}

constexpr Kind kJobKind{"batch", "v1", "Job", "jobs"};
constexpr Kind kPodKind{"", "v1", "Pod", "pods"};

TEST(Paths, GroupsAndNamespaces) {
  EXPECT_EQ(collection_path(kJobKind, "a"), "/apis/batch/v1/namespaces/a/jobs");
  EXPECT_EQ(collection_path(kJobKind, ""), "/apis/batch/v1/jobs");
  EXPECT_EQ(object_path(kPodKind, {"a", "x"}), "/api/v1/namespaces/a/pods/x");
  EXPECT_EQ(object_path(kPodKind, {"a", "../x"}), "/api/v1/namespaces/a/pods/..%2Fx");
  EXPECT_EQ(resource_name(kJobKind), "jobs.batch");
  EXPECT_EQ(resource_name(kPodKind), "pods");
}

TEST(Paths, QueriesAreEscaped) {
  Request request;
  request.path = "/api/v1/pods";
  EXPECT_EQ(target_of(request), "/api/v1/pods");
  request.query = {{"labelSelector", "a=b,c/d"}, {"limit", "5"}};
  EXPECT_EQ(target_of(request), "/api/v1/pods?labelSelector=a%3Db%2Cc%2Fd&limit=5");
}

}  // namespace
}  // namespace gyre::kube
