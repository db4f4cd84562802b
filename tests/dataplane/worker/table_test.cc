#include <gmock/gmock.h>

#include <numeric>

#include "dataplane/worker/compare.h"
#include "dataplane/worker/csv.h"
#include "dataplane/worker/profile.h"
#include "dataplane/worker/snapshot.h"
#include "tests/dataplane/worker/folder.h"

namespace gyre::worker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Csv, ReadsQuotesLineBreaksAndBothLineEnds) {
  const auto table = parse_csv("\xEF\xBB\xBFid,text\r\n1,\"a,\"\"b\"\"\"\r\n2,\"two\nlines\"\n\n3,", "f.csv");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_THAT(table->names, ElementsAre("id", "text"));
  EXPECT_THAT(*table->find("text"), ElementsAre("a,\"b\"", "two\nlines", ""));
  EXPECT_EQ(table->find("other"), nullptr);
}

TEST(Csv, NamesTheLineThatIsWrong) {
  EXPECT_THAT(parse_csv("a,b\n1,2\n3\n", "f.csv").error().message,
              HasSubstr("f.csv: line 3: 1 fields, the header has 2"));
  EXPECT_THAT(parse_csv("a,b\n1,\"2\n", "f.csv").error().message, HasSubstr("line 2: a quoted field is never closed"));
  EXPECT_THAT(parse_csv("a\n\"1\"2\n", "f.csv").error().message, HasSubstr("line 2: text after a closing quote"));
  EXPECT_THAT(parse_csv("a\n1\ncaf\xe9\n", "f.csv").error().message, HasSubstr("line 3: has bytes that are not UTF-8"));
  EXPECT_THAT(parse_csv("a,a\n", "f.csv").error().message, HasSubstr("same name"));
  EXPECT_FALSE(parse_csv("", "f.csv"));
}

TEST(Profile, CountsEveryRowOnce) {
  const auto table = parse_csv(
      "id,x,c,prediction,label\n1,1,a,0,0\n2,2.5,a,1,0\n3,,a,1,0\n4,nan,a,0,0\n5,inf,a,0,0\n"
      "6,7,rare,0,0\n",
      "f.csv");
  const auto baseline = make_baseline(*table, kPredictionColumns);
  ASSERT_TRUE(baseline);
  EXPECT_EQ(baseline->rows, 6);
  ASSERT_EQ(baseline->features.size(), 2u) << "id and label are no features";
  const wire::Profile& x = baseline->features[0];
  EXPECT_EQ(x.type, "numeric");
  // below, three intervals, above, missing, nan, -inf, +inf
  EXPECT_THAT(x.counts, ElementsAre(0, 1, 1, 1, 0, 1, 1, 0, 1));
  EXPECT_DOUBLE_EQ(x.mean, 3.5);
  const wire::Profile& c = baseline->features[1];
  EXPECT_EQ(c.type, "categorical");
  EXPECT_THAT(c.categories, ElementsAre("a")) << "a category of one row is not named";
  EXPECT_THAT(c.counts, ElementsAre(5, 1, 0));
  ASSERT_EQ(baseline->predictions.size(), 1u);
  EXPECT_EQ(*baseline_text(*baseline), *baseline_text(*make_baseline(*table, kPredictionColumns)));
}

TEST(Profile, SealsTheLargestNumbers) {
  const auto baseline = make_baseline(*parse_csv("x\n1.5e308\n-1.5e308\n1.5e308\n-1.5e308\n", "f.csv"), {});
  ASSERT_TRUE(baseline);
  EXPECT_DOUBLE_EQ(baseline->features[0].stddev, 1.5e308);
  EXPECT_DOUBLE_EQ(baseline->features[0].mean, 0);
  EXPECT_THAT(*baseline_text(*baseline), testing::Not(HasSubstr("null")));
}

TEST(Profile, NeedsRows) { EXPECT_FALSE(make_baseline(*parse_csv("x\n", "f.csv"), kPredictionColumns)); }

class Snapshot : public FolderTest {
 protected:
  Result<wire::SnapshotMessage> take(std::int64_t min_rows) const {
    return take_snapshot({root_ / "rows", root_ / "snap/1", "pvc://c/snap/1", "labeled_at",
                          *parse_time("2026-11-21T10:00:00Z"), min_rows});
  }
};

TEST_F(Snapshot, WaitsForEnoughRowsAndThenPinsThem) {
  write("rows/old.csv", "x,labeled_at\n1,2026-11-20T10:00:00Z\n2,2026-11-21T10:00:00Z\n");
  write("rows/new.csv", "x,labeled_at\n3,2026-11-21T11:00:00Z\n");
  const auto few = take(2);
  ASSERT_TRUE(few) << few.error().message;
  EXPECT_FALSE(few->enough);
  EXPECT_EQ(few->rows, 3);
  EXPECT_EQ(few->rows_after, 1) << "a row of the very moment is not after it";
  EXPECT_FALSE(exists("snap/1"));

  const auto pinned = take(1);
  EXPECT_TRUE(pinned->enough);
  EXPECT_EQ(read("snap/1/old.csv"), read("rows/old.csv"));
  write("rows/later.csv", "x,labeled_at\n4,2026-11-21T12:00:00Z\n");
  EXPECT_EQ(*take(1), *pinned) << "a snapshot does not grow";
}

TEST_F(Snapshot, NamesTheRowWhoseTimeIsNone) {
  write("rows/a.csv", "x,labeled_at\n1,2026-11-20T10:00:00Z\n2,yesterday\n");
  EXPECT_THAT(take(1).error().message, HasSubstr("a.csv: row 2: column labeled_at"));
  write("rows/a.csv", "x\n1\n");
  EXPECT_THAT(take(1).error().message, HasSubstr("no column \"labeled_at\""));
}

TEST(Compare, PutsWhatMovedFirstAndShowsIt) {
  wire::Baseline baseline{.rows = 100};
  baseline.features = {{.name = "calm", .type = "categorical", .categories = {"a", "b"}, .counts = {50, 50, 0, 0}},
                       {.name = "<moved>", .type = "categorical", .categories = {"a", "b"}, .counts = {90, 10, 0, 0}}};
  wire::WindowCounts window{.model_version = "m-1", .seconds = 60, .rows = 100};
  window.features = {{"calm", {50, 50, 0, 0}}, {"<moved>", {10, 90, 0, 0}}};
  const auto report = make_report(baseline, window);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->features[0].name, "<moved>");
  EXPECT_NEAR(report->features[0].psi, 2 * 0.8 * std::log(9.0), 1e-9);
  EXPECT_EQ(report->features[1].psi, 0);
  const std::string html = report_html(*report);
  EXPECT_THAT(html, HasSubstr("&lt;moved&gt;"));
  EXPECT_THAT(html, HasSubstr("<svg"));
  EXPECT_THAT(html, testing::Not(HasSubstr("http")));
  EXPECT_THAT(report_json(*report), HasSubstr("\"psi\""));
  window.features[0].counts.pop_back();
  EXPECT_THAT(make_report(baseline, window).error().message, HasSubstr("3 counts of calm"));
}

}  // namespace
}  // namespace gyre::worker
