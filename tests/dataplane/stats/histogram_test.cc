#include "dataplane/stats/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "dataplane/stats/random.h"

namespace gyre::stats {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Bins, EveryValueHasItsEntryInTheDocumentedLayout) {
  const Bins bins = *Bins::make({0, 1, 2.5, 4});
  struct Case {
    double value;
    std::size_t entry;
    const char* label;
  };
  const std::vector<Case> cases = {
      {-1, 0, "below"},        {-1e308, 0, "below"},
      {0, 1, "[0, 1)"},        {-0.0, 1, "[0, 1)"},
      {0.99, 1, "[0, 1)"},     {1, 2, "[1, 2.5)"},
      {2.4999, 2, "[1, 2.5)"}, {2.5, 3, "[2.5, 4]"},
      {4, 3, "[2.5, 4]"},      {std::nextafter(4, 5), 4, "above"},
      {1e308, 4, "above"},     {kNan, 6, "nan"},
      {-kInf, 7, "neg_inf"},   {kInf, 8, "pos_inf"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(bins.index(c.value), c.entry) << c.value;
    EXPECT_EQ(bins.label(c.entry), c.label);
  }
  EXPECT_EQ(bins.missing(), 5U);
  EXPECT_EQ(bins.label(5), "missing");
  EXPECT_EQ(bins.size(), 9U);
}

TEST(Bins, RefusesWhatAreNoEdges) {
  for (const std::vector<double>& edges : std::vector<std::vector<double>>{
           {}, {1}, {2, 1}, {1, 1, 2}, {1, 2, 2}, {1, 1, 1}, {0, kInf}, {kNan, 1}, {0, kNan, 2}})
    EXPECT_FALSE(Bins::make(edges));
}

TEST(Bins, AConstantHasOneIntervalForItself) {
  const Bins bins = *Bins::make({3, 3});
  EXPECT_EQ(bins.index(3), 1U);
  EXPECT_EQ(bins.index(2.9), bins.below());
  EXPECT_EQ(bins.index(3.1), bins.above());
}

TEST(Bins, AgreeWithALinearSearchForAnyNumberOfEdges) {
  Random random(1);
  for (std::size_t k = 1; k <= 70; ++k) {
    std::vector<double> edges(k + 1);
    for (double& e : edges) e = random.normal();
    std::sort(edges.begin(), edges.end());
    const Bins bins = *Bins::make(edges);
    for (int i = 0; i < 200; ++i) {
      const double value = i < static_cast<int>(edges.size()) ? edges[static_cast<std::size_t>(i)] : random.normal();
      const auto passed =
          static_cast<std::size_t>(std::count_if(edges.begin(), edges.end(), [&](double e) { return e <= value; }));
      const std::size_t want = value == edges.back() ? k : passed;
      ASSERT_EQ(bins.index(value), want) << k << " intervals, value " << value;
    }
  }
}

TEST(Bins, CountsMergeByAdding) {
  const Bins bins = *Bins::make({0, 1, 2});
  std::vector<std::uint64_t> counts(bins.size(), 0);
  bins.count(std::vector<double>{0.5, 1.5, kNan}, counts);
  bins.count(std::vector<float>{1.5F, 9.0F}, counts);
  EXPECT_EQ(counts, (std::vector<std::uint64_t>{0, 1, 2, 1, 0, 1, 0, 0}));
}

TEST(Bins, OrderedLeavesOutWhatHasNoPlace) {
  const Bins bins = *Bins::make({0, 1, 3});
  //                        below b0 b1 above missing nan -inf +inf
  const std::vector<double> counts{1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(bins.ordered(counts), (std::vector<double>{7, 1, 2, 3, 4, 8}));
  EXPECT_EQ(bins.positions(), (std::vector<double>{0, 0, 0.5, 2, 3, 3}));
}

TEST(QuantileEdges, FewDistinctValuesGetAnIntervalEach) {
  std::vector<double> values;
  for (int v = 16; v >= 0; --v)
    for (int i = 0; i <= v % 5; ++i) values.push_back(v);
  const std::vector<double> edges = make_quantile_edges(values, 20);
  ASSERT_EQ(edges.size(), 18U);
  EXPECT_EQ(edges.front(), 0);
  EXPECT_EQ(edges[1], 0.5);
  EXPECT_EQ(edges[16], 15.5);
  EXPECT_EQ(edges.back(), 16);
}

TEST(QuantileEdges, ManyDistinctValuesAreSharedOutEvenly) {
  std::vector<double> values(1000);
  std::iota(values.begin(), values.end(), 0.0);
  EXPECT_EQ(make_quantile_edges(values, 4), (std::vector<double>{0, 249.5, 499.5, 749.5, 999}));
  Random(9).shuffle(values);
  EXPECT_EQ(make_quantile_edges(values, 4), (std::vector<double>{0, 249.5, 499.5, 749.5, 999}));
}

TEST(QuantileEdges, ARunOfEqualValuesIsNotSplit) {
  std::vector<double> values(900, 0.0);
  for (int i = 1; i <= 100; ++i) values.push_back(i);
  const Bins bins = *Bins::make(make_quantile_edges(values, 10));
  std::vector<std::uint64_t> counts(bins.size(), 0);
  bins.count(values, counts);
  EXPECT_EQ(counts[1], 900U);
  EXPECT_EQ(std::accumulate(counts.begin() + 1, counts.begin() + 1 + static_cast<long>(bins.intervals()), 0UL), 1000U);
}

TEST(QuantileEdges, ConstantsAndNothing) {
  EXPECT_EQ(make_quantile_edges(std::vector<double>{5, 5, 5}, 10), (std::vector<double>{5, 5}));
  EXPECT_EQ(make_quantile_edges(std::vector<double>{0.0, -0.0}, 10), (std::vector<double>{0, 0}));
  EXPECT_TRUE(make_quantile_edges(std::vector<double>{}, 10).empty());
  EXPECT_TRUE(make_quantile_edges(std::vector<double>{kNan, kInf, -kInf}, 10).empty());
  EXPECT_EQ(make_quantile_edges(std::vector<double>{1, kNan, 2, kInf}, 10), (std::vector<double>{1, 1.5, 2}));
  EXPECT_EQ(make_quantile_edges(std::vector<double>{1, 2, 3}, 1), (std::vector<double>{1, 3}));
}

TEST(QuantileEdges, AreAlwaysEdgesThatHoldEveryValueEvenThroughFloat32) {
  Random random(11);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> values(1 + random.below(200));
    const double scale = std::pow(10, random.uniform(-12, 12));
    for (double& v : values) v = random.below(2) == 0 ? random.normal() * scale : std::round(random.normal()) * 0.1;
    const auto bins = Bins::make(make_quantile_edges(values, 1 + random.below(30)));
    ASSERT_TRUE(bins);
    for (double v : values) {
      ASSERT_LE(bins->index(v), bins->intervals());
      ASSERT_GE(bins->index(v), 1U);
      const std::size_t rounded = bins->index(static_cast<double>(static_cast<float>(v)));
      ASSERT_TRUE(rounded >= 1 && rounded <= bins->intervals()) << v;
    }
  }
}

TEST(QuantileEdges, NeighbouringDoublesStillGetAnEdge) {
  const double next = std::nextafter(1, 2);
  const Bins bins = *Bins::make(make_quantile_edges(std::vector<double>{1, next, 5}, 10));
  EXPECT_LT(bins.index(1), bins.index(next));
}

TEST(Categories, NewOnesAreOther) {
  const Categories plans = *Categories::make({"a", "b"});
  EXPECT_EQ(plans.size(), 4U);
  EXPECT_EQ(plans.index("a"), 0U);
  EXPECT_EQ(plans.index("b"), 1U);
  EXPECT_EQ(plans.index("c"), plans.other());
  EXPECT_EQ(plans.label(plans.other()), "other");
  EXPECT_EQ(plans.label(plans.missing()), "missing");
  EXPECT_FALSE(Categories::make({"a", "a"}));
}

TEST(Categories, AreTheMostFrequentTiesByName) {
  const std::vector<std::string> values{"b", "z", "c", "z", "a", "b"};
  EXPECT_EQ(make_categories(values, 3), (std::vector<std::string>{"b", "z", "a"}));
}

}  // namespace
}  // namespace gyre::stats
