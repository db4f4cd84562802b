#include "operator/runtime/compare.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gyre::runtime {
namespace {

using Json = nlohmann::json;

struct SubsetCase {
  const char* name;
  const char* desired;
  const char* live;
  bool is;
};

class Subset : public testing::TestWithParam<SubsetCase> {};

TEST_P(Subset, HoldsWhoeverParsedTheLiveObject) {
  const Json desired = Json::parse(GetParam().desired), live = Json::parse(GetParam().live);
  EXPECT_EQ(is_subset(desired, schema::JsonNode(live)), GetParam().is);
  const auto text = schema::FastNode::parse(GetParam().live);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(is_subset(desired, *text), GetParam().is);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Subset,
    testing::Values(
        SubsetCase{"MoreMembersAreFine", R"({"a":1})", R"({"a":1,"b":2})", true},
        SubsetCase{"AMissingMember", R"({"a":1,"b":2})", R"({"a":1})", false},
        SubsetCase{"ADifferentValue", R"({"a":"x"})", R"({"a":"y"})", false},
        SubsetCase{"TheServersQuantity", R"({"cpu":"0.5","memory":"1024Mi"})", R"({"cpu":"500m","memory":"1Gi"})",
                   true},
        SubsetCase{"ANumberAsQuantity", R"({"cpu":1})", R"({"cpu":"1"})", true},
        SubsetCase{"AnotherQuantity", R"({"cpu":"0.5"})", R"({"cpu":"501m"})", false},
        SubsetCase{"NotQuantities", R"({"v":"1"})", R"({"v":"01"})", false},
        SubsetCase{"EmptyIsAbsent", R"({"a":{},"b":[],"c":"","d":false,"e":0,"f":null})", R"({})", true},
        SubsetCase{"AnEmptyItemIsNotAbsent", R"({"a":[{}]})", R"({})", false},
        SubsetCase{"DeepEmptyIsAbsent", R"({"a":{"b":{}}})", R"({})", true},
        SubsetCase{"TrueIsNotAbsent", R"({"a":true})", R"({})", false},
        SubsetCase{"ListsByName", R"([{"name":"a","x":1}])", R"([{"name":"b"},{"name":"a","x":1,"y":2}])", true},
        SubsetCase{"ListsByNameMissing", R"([{"name":"a"},{"name":"c"}])", R"([{"name":"b"},{"name":"a"}])", false},
        SubsetCase{"PortsByNumber", R"([{"containerPort":80}])", R"([{"containerPort":80,"protocol":"TCP"}])", true},
        SubsetCase{"PlainListsWhole", R"(["a"])", R"(["a","b"])", false},
        SubsetCase{"PlainListsInOrder", R"(["a","b"])", R"(["b","a"])", false},
        SubsetCase{"SamePlainLists", R"(["a","b"])", R"(["a","b"])", true},
        SubsetCase{"AListIsNoObject", R"({"a":[1]})", R"({"a":{"b":1}})", false}),
    [](const auto& info) { return info.param.name; });

TEST(StructuralHash, IsTheSameForEqualValuesOnly) {
  const Json value = {{"a", {1, 2.5, "x", true, nullptr}}, {"b", {{"c", Json::object()}}}};
  EXPECT_EQ(structural_hash(value), structural_hash(Json::parse(value.dump())));
  EXPECT_EQ(structural_hash(Json(1)), structural_hash(Json(1u)));
  EXPECT_EQ(structural_hash(Json(-0.0)), structural_hash(Json(0)));
  EXPECT_EQ(structural_hash(Json(1.0)), structural_hash(Json(1)));
  EXPECT_NE(structural_hash(Json(9007199254740992)), structural_hash(Json(9007199254740993)));
  const Json others[] = {{{"a", {1, 2.5, "x", true, nullptr}}},
                         {{"a", {2.5, 1, "x", true, nullptr}}, {"b", {{"c", Json::object()}}}},
                         {{"a", {1, 2.5, "x", true, nullptr}}, {"b", {{"c", Json::array()}}}},
                         {{"a", {1, 2.5, "x", true, 0}}, {"b", {{"c", Json::object()}}}},
                         {{"a", {1, 2.5, "x", false, nullptr}}, {"b", {{"c", Json::object()}}}},
                         {{"a", {1, 2.5, "xy", true, nullptr}}, {"b", {{"c", Json::object()}}}}};
  for (const Json& other : others) EXPECT_NE(structural_hash(value), structural_hash(other)) << other;
}

TEST(StructuralHash, StaysWhatClustersHoldAlready) {
  const Json value = {{"a", {1, -2.5, "x", true, nullptr}}, {"b", {{"c", Json::object()}}}};
  EXPECT_EQ(structural_hash(value), 2603995519225472754u);
}

TEST(MergeDiff, IsWhatTurnsOneIntoTheOther) {
  const Json live = Json::parse(R"({"same":1,"changed":"a","gone":2,"deep":{"x":1,"y":2},"list":[1,2]})");
  const Json desired = Json::parse(R"({"same":1,"changed":"b","deep":{"x":1,"z":3},"list":[1],"new":{"n":1}})");
  const Json patch = merge_diff(live, desired);
  EXPECT_EQ(patch, Json::parse(R"({"changed":"b","gone":null,"deep":{"y":null,"z":3},"list":[1],"new":{"n":1}})"));
  Json patched = live;
  patched.merge_patch(patch);
  EXPECT_EQ(patched, desired);
  EXPECT_TRUE(merge_diff(live, live).empty());
}

}  // namespace
}  // namespace gyre::runtime
