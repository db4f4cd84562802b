#include "dataplane/agent/router.h"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/dataplane/agent/world.h"

namespace gyre::agent {
namespace {

TEST(Splitter, TakesExactlyTheWeightOfAnyHundred) {
  for (std::int32_t weight = 0; weight <= 100; ++weight) {
    Splitter splitter;
    std::vector<int> taken;
    for (int i = 0; i < 400; ++i) taken.push_back(splitter.take(weight) ? 1 : 0);
    for (int from = 0; from + 100 <= 400; ++from)
      EXPECT_EQ(std::accumulate(taken.begin() + from, taken.begin() + from + 100, 0), weight) << weight << " " << from;
  }
}

struct Case {
  std::string name;
  wire::Routes routes;
  std::string revision;
  Origin origin;
  Pin pin;
  Choice want;
};
class Choose : public testing::TestWithParam<Case> {};

TEST_P(Choose, Way) {
  Splitter splitter;
  const Case& c = GetParam();
  EXPECT_EQ(choose(c.routes, c.revision, c.origin, c.pin, splitter), c.want) << c.name;
}

const wire::Routes kAll = split("a", "b", "b:80", 100);
const Choice kServes{};
const Choice kRefuses{Way::kRefuse, Connection::kKeep, {}};

INSTANTIATE_TEST_SUITE_P(
    Routes, Choose,
    testing::Values(Case{"stable without a canary serves", only("a"), "a", Origin::kClient, Pin::kNone, kServes},
                    Case{"stable sends its share on",
                         kAll,
                         "a",
                         Origin::kClient,
                         Pin::kNone,
                         {Way::kForward, Connection::kKeep, {"b", "b:80"}}},
                    Case{"a pinned request stays", kAll, "a", Origin::kClient, Pin::kStable, kServes},
                    Case{"stable never forwards what was forwarded", kAll, "a", Origin::kAgent, Pin::kNone, kServes},
                    Case{"the canary serves what is forwarded", kAll, "b", Origin::kAgent, Pin::kNone, kServes},
                    Case{"the canary serves its own clients", kAll, "b", Origin::kClient, Pin::kNone, kServes},
                    Case{"a canary of weight 0 refuses", split("a", "b", "b:80", 0), "b", Origin::kAgent, Pin::kNone,
                         kRefuses},
                    Case{"a former canary refuses", only("a"), "b", Origin::kAgent, Pin::kNone, kRefuses},
                    Case{"a promoted canary still serves what late agents forward", only("b"), "b", Origin::kAgent,
                         Pin::kNone, kServes},
                    Case{"a retired revision serves and asks clients to go",
                         only("b"),
                         "a",
                         Origin::kClient,
                         Pin::kNone,
                         {Way::kServe, Connection::kClose, {}}}));

TEST(RouteTable, TakesOnlyNewerRoutes) {
  RouteTable table;
  EXPECT_EQ(table.current(), nullptr);
  wire::Routes routes = only("a");
  routes.generation = 5;
  table.offer(routes);
  table.offer(only("old"));
  EXPECT_EQ(table.current()->stable.revision, "a");
  routes.generation = 6;
  routes.weight = 7;
  table.offer(routes);
  EXPECT_EQ(table.current()->weight, 7);
}

TEST(ReadRoutes, NamesTheFileThatIsWrong) {
  const Folder folder;
  EXPECT_EQ(read_routes(folder / "none").error().code, Code::kNotFound);
  write(folder / "routes.json", "{");
  EXPECT_NE(read_routes(folder / "routes.json").error().message.find("routes.json"), std::string::npos);
}

}  // namespace
}  // namespace gyre::agent
