#include "dataplane/protocol/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace gyre::protocol {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const Names kAgePlan{"age", "plan"};
const Names kXY{"x", "y"};

Mapping mapping(std::string_view protocol) { return *make_mapping(protocol, ""); }
Mapping custom(const std::string& features, const std::string& prediction) {
  return *make_mapping("custom", json{{"path", "/predict"}, {"features", features}, {"prediction", prediction}}.dump());
}

std::vector<Row> numbers(std::vector<std::vector<double>> values) {
  std::vector<Row> rows;
  for (const auto& row : values) rows.emplace_back(row.begin(), row.end());
  return rows;
}

struct RequestCase {
  std::string name;
  Mapping mapping;
  Names names;
  std::string body;
  std::vector<Row> want;
};
class ParseRequest : public testing::TestWithParam<RequestCase> {};

TEST_P(ParseRequest, GivesRows) {
  const auto rows = parse_request(GetParam().mapping, GetParam().names, GetParam().body);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, ParseRequest,
    testing::Values(
        RequestCase{"v2 one flat tensor is read by position", mapping("v2"), kXY,
                    R"({"inputs":[{"name":"predict","shape":[2,2],"datatype":"FP64","data":[1,2,3,4]}]})",
                    numbers({{1, 2}, {3, 4}})},
        RequestCase{"v2 nested data is the same", mapping("v2"), kXY,
                    R"({"inputs":[{"name":"predict","shape":[2,2],"datatype":"FP64","data":[[1,2],[3,4]]}]})",
                    numbers({{1, 2}, {3, 4}})},
        RequestCase{"v2 an input a feature is read by name, in any order",
                    mapping("v2"),
                    kAgePlan,
                    R"({"inputs":[{"name":"plan","shape":[2],"datatype":"BYTES","data":["a","b"]},
                                  {"name":"age","shape":[2,1],"datatype":"INT32","data":[41,null]}]})",
                    {{41.0, "a"}, {std::monostate{}, "b"}}},
        RequestCase{"v2 a feature that no input has is missing",
                    mapping("v2"),
                    kAgePlan,
                    R"({"inputs":[{"name":"age","shape":[1],"datatype":"INT32","data":[41]}]})",
                    {{41.0, std::monostate{}}}},
        RequestCase{"v1 lists are read by position", mapping("v1"), kXY, R"({"instances":[[1,2],[3,4]]})",
                    numbers({{1, 2}, {3, 4}})},
        RequestCase{"v1 a single row of lists", mapping("v1"), kXY, R"({"instances":[[1,2]]})", numbers({{1, 2}})},
        RequestCase{"v1 objects are read by name",
                    mapping("v1"),
                    kAgePlan,
                    R"({"instances":[{"plan":"a","age":true,"extra":1}]})",
                    {{1.0, "a"}}},
        RequestCase{"custom a list of objects",
                    custom("$.instances[*]", "$.p[*]"),
                    kAgePlan,
                    R"({"instances":[{"plan":"a","age":41},{"age":42}]})",
                    {{41.0, "a"}, {42.0, std::monostate{}}}},
        RequestCase{"custom a list that the path does not open",
                    custom("$.instances", "$.p"),
                    kAgePlan,
                    R"({"instances":[{"plan":"a","age":41}]})",
                    {{41.0, "a"}}},
        RequestCase{"custom the body itself", custom("$", "$.p"), kAgePlan, R"({"plan":"a","age":41})", {{41.0, "a"}}}),
    [](const auto& info) { return "case" + std::to_string(info.index); });

struct RefusedCase {
  Mapping mapping;
  std::string body;
  std::string says;
};
class RefusedRequest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedRequest, SaysWhy) {
  const auto rows = parse_request(GetParam().mapping, kXY, GetParam().body);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, Code::kInvalid);
  EXPECT_THAT(rows.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, RefusedRequest,
    testing::Values(
        RefusedCase{mapping("v2"), "not json", "no JSON"},
        RefusedCase{mapping("v2"), R"({"inputs":[{"name":"x","shape":[1],"data":)" + std::string(5'000'000, '['),
                    "deep in one another"},
        RefusedCase{mapping("v2"), R"([1])", "inputs"}, RefusedCase{mapping("v2"), R"({"inputs":[]})", "empty"},
        RefusedCase{mapping("v2"), R"({"inputs":[{"name":"x","shape":[3],"data":[1,2]}]})", "shape"},
        RefusedCase{mapping("v2"), R"({"inputs":[{"name":"x","shape":[-1],"data":[1,2]}]})", "shape"},
        RefusedCase{mapping("v2"), R"({"inputs":[{"name":"q","shape":[1,3],"data":[1,2,3]}]})", "2 columns"},
        RefusedCase{mapping("v1"), R"({"instances":[[1,2,3]]})", "3 values where 2"},
        RefusedCase{mapping("v1"), R"({"instances":7})", "no list"},
        RefusedCase{custom("$.rows[*]", "$"), R"({"instances":[]})", "$.rows[*]"}));

struct AnswerCase {
  Mapping mapping;
  Names names;
  std::string body;
  std::vector<Row> want;
};
class ParseResponse : public testing::TestWithParam<AnswerCase> {};

TEST_P(ParseResponse, GivesPredictions) {
  const auto rows = parse_response(GetParam().mapping, GetParam().names, GetParam().body);
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, ParseResponse,
    testing::Values(
        // One prediction takes the first output, whatever its name.
        AnswerCase{mapping("v2"),
                   {"prediction"},
                   R"({"outputs":[{"name":"predict","shape":[2,1],"datatype":"INT64","data":[3,8]}]})",
                   numbers({{3}, {8}})},
        AnswerCase{mapping("v2"),
                   {},
                   R"({"outputs":[{"name":"predict","shape":[2],"datatype":"BYTES","data":["a","b"]}]})",
                   {{"a"}, {"b"}}},
        AnswerCase{mapping("v2"),
                   {"label", "score"},
                   R"({"outputs":[{"name":"score","shape":[1],"datatype":"FP32","data":[0.5]},
                                  {"name":"label","shape":[1],"datatype":"INT64","data":[1]}]})",
                   numbers({{1, 0.5}})},
        AnswerCase{mapping("v1"), {"prediction"}, R"({"predictions":[3,8]})", numbers({{3}, {8}})},
        AnswerCase{mapping("v1"), {"prediction"}, R"({"predictions":[[3],[8]]})", numbers({{3}, {8}})},
        AnswerCase{custom("$", "$.predictions[*]"), {}, R"({"predictions":[3,8]})", numbers({{3}, {8}})},
        AnswerCase{custom("$", "$.predictions"), {"prediction"}, R"({"predictions":[3,8]})", numbers({{3}, {8}})},
        AnswerCase{custom("$", "$.prediction"), {"prediction"}, R"({"prediction":3})", numbers({{3}})},
        AnswerCase{custom("$", "$.results[0].value"), {}, R"({"results":[{"value":"yes"}]})", {{"yes"}}}));

TEST(BuildRequest, SendsV2NumbersAsOneTensor) {
  const auto call = build_request(mapping("v2"), "digits", kXY, numbers({{1, 2}, {3, 4.5}}));
  ASSERT_TRUE(call);
  EXPECT_EQ(call->path, "/v2/models/digits/infer");
  EXPECT_EQ(json::parse(call->body),
            json::parse(R"({"inputs":[{"name":"predict","shape":[2,2],"datatype":"FP64","data":[1,2,3,4.5]}]})"));
}

TEST(BuildRequest, SendsV1RowsAsLists) {
  const auto call = build_request(mapping("v1"), "digits", kXY, numbers({{1, 2}}));
  ASSERT_TRUE(call);
  EXPECT_EQ(call->path, "/v1/models/digits:predict");
  EXPECT_EQ(json::parse(call->body), json::parse(R"({"instances":[[1,2]]})"));
}

TEST(BuildRequest, IsReadBackByParseRequest) {
  const std::vector<Row> rows{{41.0, "a"}, {42.5, "b"}};
  for (const Mapping& each : {mapping("v2"), mapping("v1"), custom("$.instances[*]", "$"), custom("$[*].in[0]", "$")}) {
    const auto call = build_request(each, "m", kAgePlan, rows);
    ASSERT_TRUE(call) << call.error().message;
    EXPECT_TRUE(is_prediction(each, "POST", call->path + "?verbose=1"));
    const auto back = parse_request(each, kAgePlan, call->body);
    ASSERT_TRUE(back) << call->body << back.error().message;
    EXPECT_EQ(*back, rows) << call->body;
  }
}

TEST(BuildRequest, SendsOneRowWhereThePathHasRoomForOne) {
  const Mapping one = custom("$.features", "$.prediction");
  EXPECT_EQ(max_rows(one), 1u);
  EXPECT_GT(max_rows(custom("$.instances[*]", "$")), 1000u);
  const auto call = build_request(one, "m", kXY, numbers({{1, 2}}));
  ASSERT_TRUE(call);
  EXPECT_EQ(json::parse(call->body), json::parse(R"({"features":{"x":1,"y":2}})"));
  const auto refused = build_request(one, "m", kXY, numbers({{1, 2}, {3, 4}}));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("one by one"));
}

TEST(BuildRequest, RefusesRowsThatDoNotFit) {
  EXPECT_FALSE(build_request(mapping("v2"), "m", kXY, {}));
  EXPECT_FALSE(build_request(mapping("v2"), "m", kXY, numbers({{1, 2, 3}})));
}

TEST(IsPrediction, KnowsTheEndpointsOfEachProtocol) {
  EXPECT_TRUE(is_prediction(mapping("v2"), "POST", "/v2/models/m/versions/3/infer"));
  EXPECT_FALSE(is_prediction(mapping("v2"), "GET", "/v2/models/m/infer"));
  EXPECT_FALSE(is_prediction(mapping("v2"), "POST", "/v2/repository/index"));
  EXPECT_TRUE(is_prediction(mapping("v1"), "POST", "/v1/models/m:predict"));
  EXPECT_FALSE(is_prediction(custom("$", "$"), "POST", "/v1/models/m:predict"));
}

TEST(MakeMapping, RefusesWhatItCannotFollow) {
  EXPECT_FALSE(make_mapping("v3", ""));
  EXPECT_FALSE(make_mapping("custom", ""));
  EXPECT_FALSE(make_mapping("custom", R"({"path":"/p","features":"instances","prediction":"$"})"));
  EXPECT_FALSE(make_mapping("custom", R"({"path":"/p","features":"$.a[x]","prediction":"$"})"));
}

TEST(Values, AreNumbersOrTextAsAFileWouldHaveThem) {
  EXPECT_EQ(to_text(3.0), "3");
  EXPECT_EQ(to_text(0.1), "0.1");
  EXPECT_EQ(to_number(std::string(" 2.5 ")), 2.5);
  EXPECT_TRUE(std::isnan(*to_number(std::string("n/a"))));
  EXPECT_EQ(to_number(std::monostate{}), std::nullopt);
}

}  // namespace
}  // namespace gyre::protocol
