// docs/metrics.md lists exactly what a scrape has: names, types, labels and meanings.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/operator/metrics/world.h"

namespace gyre::metrics {
namespace {

struct Row {
  std::string type;
  std::set<std::string> labels;
  std::string meaning;
};
using Rows = std::map<std::string, Row>;

std::set<std::string> words(const std::string& text) {
  static const std::regex word("[a-z_]+");
  return {std::sregex_token_iterator(text.begin(), text.end(), word), std::sregex_token_iterator()};
}

// | `name` | type | `label`, `label` | Meaning. |
Rows documented() {
  static const std::regex row(R"(^\| `(\w+)` \| (\w+) \|([^|]*)\| ([^|]*) \|$)");
  std::ifstream file(std::string(GYRE_SOURCE_DIR) + "/docs/metrics.md");
  Rows out;
  std::smatch match;
  for (std::string line; std::getline(file, line);)
    if (std::regex_match(line, match, row)) out[match[1]] = {match[2], words(match[3]), match[4]};
  return out;
}

// Labels of a family that has no series yet are not known here; the end-to-end test sees them.
Rows scraped(const std::string& text) {
  static const std::regex help(R"(^# HELP (\w+) (.*)$)"), type(R"(^# TYPE (\w+) (\w+)$)");
  static const std::regex sample(R"(^(\w+?)(?:_bucket|_sum|_count)?\{(.*)\} \S+$)"), label(R"re((\w+)="[^"]*")re");
  Rows out;
  std::istringstream lines(text);
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, help)) out[match[1]].meaning = match[2];
    if (std::regex_match(line, match, type)) out[match[1]].type = match[2];
    if (!std::regex_match(line, match, sample)) continue;
    const std::string labels = match[2];
    for (std::sregex_iterator each(labels.begin(), labels.end(), label), end; each != end; ++each)
      if ((*each)[1] != "le") out[match[1]].labels.insert((*each)[1]);
  }
  return out;
}

TEST(Catalogue, ListsExactlyWhatAScrapeHas) {
  World world;
  world.put("TrainingJob", "trainingjobs", "a",
            {{"phase", "Pending"},
             {"conditions", {{{"type", "Stalled"}, {"status", "True"}, {"reason", "NameTaken"}, {"message", "-"}}}}});
  ASSERT_TRUE(world.shows(R"(gyre_events_total{kind="TrainingJob",type="Warning",reason="Failed"} 1)"));
  const Rows pages = documented();
  const Rows seen = scraped(world.text());
  for (const auto& [name, row] : seen) {
    const auto page = pages.find(name);
    if (page == pages.end()) {
      ADD_FAILURE() << "docs/metrics.md lacks | `" << name << "` | " << row.type << " | - | " << row.meaning << " |";
      continue;
    }
    EXPECT_EQ(page->second.type, row.type) << name;
    EXPECT_EQ(page->second.meaning, row.meaning) << name;
    EXPECT_TRUE(row.labels.empty() || page->second.labels == row.labels)
        << name << " has " << testing::PrintToString(row.labels);
  }
  for (const auto& [name, row] : pages)
    EXPECT_TRUE(seen.contains(name)) << "docs/metrics.md has " << name << ", which no scrape has";
}

}  // namespace
}  // namespace gyre::metrics
