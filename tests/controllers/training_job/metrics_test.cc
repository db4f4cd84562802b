#include "controllers/training_job/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gyre::training_job {
namespace {

using Metrics = std::vector<MetricValue>;

struct Case {
  const char* what;
  const char* log;
  Metrics want;
};

class Parse : public testing::TestWithParam<Case> {};

TEST_P(Parse, Metrics) { EXPECT_EQ(parse_metrics(GetParam().log), GetParam().want) << GetParam().what; }

INSTANTIATE_TEST_SUITE_P(
    Table, Parse,
    testing::Values(Case{"nothing", "", {}}, Case{"the last value counts", "loss=0.5\nloss=0.25\n", {{"loss", "0.25"}}},
                    Case{"several on a line, sorted",
                         "epoch=3, loss=1e-3; f1=0.9",
                         {{"epoch", "3"}, {"f1", "0.9"}, {"loss", "1e-3"}}},
                    Case{"amid prose", "step done: loss=0.1 (ok)", {{"loss", "0.1"}}},
                    Case{"no number is no metric", "path=/tmp a=b c= =3 9=1 loss=0.1s", {}},
                    Case{"a JSON line", R"({"loss": 0.5, "note": "x", "n": 3})", {{"loss", "0.5"}, {"n", "3"}}},
                    Case{"a text that ends in a backslash", R"({"path": "C:\\", "loss": NaN})", {{"loss", "NaN"}}},
                    Case{"JSON numbers as text", R"({"loss": "0.5"})", {{"loss", "0.5"}}},
                    Case{"Python's NaN in JSON",
                         R"({"loss": NaN, "a": -Infinity, "b": Infinity})",
                         {{"a", "-Infinity"}, {"b", "Infinity"}, {"loss", "NaN"}}},
                    Case{"NaN and infinities stay",
                         "a=nan b=inf c=-INF d=+Infinity",
                         {{"a", "NaN"}, {"b", "Infinity"}, {"c", "-Infinity"}, {"d", "Infinity"}}},
                    Case{"a NaN that came last counts", "loss=0.1\nloss=nan", {{"loss", "NaN"}}},
                    Case{"broken JSON is a line like others", "{loss=0.5", {}},
                    Case{"nested JSON is not looked into", R"({"a": {"b": 1}, "c": 2})", {{"c", "2"}}},
                    Case{"progress bars overwrite their line", "loss=3\rloss=2\rloss=1", {{"loss", "1"}}},
                    Case{"names with slashes and dashes", "val/top-5.acc=0.9", {{"val/top-5.acc", "0.9"}}}),
    [](const auto& info) { return std::to_string(info.index); });

TEST(Parse, KeepsThoseOfMoreThan64ThatCameLast) {
  std::string log;
  for (int i = 0; i < 80; ++i) log += "m" + std::to_string(100 + i) + "=1\n";
  const Metrics found = parse_metrics(log);
  ASSERT_EQ(found.size(), kMaxMetrics);
  EXPECT_EQ(found.front().name, "m116");
}

TEST(Merge, PrefersTheFirstAndSorts) {
  EXPECT_EQ(merge_metrics({{"b", "1"}}, {{"b", "2"}, {"a", "3"}}), (Metrics{{"a", "3"}, {"b", "1"}}));
}

}  // namespace
}  // namespace gyre::training_job
