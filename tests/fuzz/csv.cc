// Tables that trainings write: read, profiled, and sent to a champion row by row.

#include "dataplane/worker/csv.h"

#include "dataplane/protocol/protocol.h"
#include "dataplane/worker/profile.h"
#include "tests/fuzz/fuzz.h"

namespace gyre::worker {
namespace {

using nlohmann::json;

std::string quoted(const std::string& field) {
  std::string out = "\"";
  for (const char c : field) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string format_csv(const Table& table) {
  std::string out;
  for (std::size_t i = 0; i < table.names.size(); ++i) out += (i ? "," : "") + quoted(table.names[i]);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    out += "\r\n";
    for (std::size_t i = 0; i < table.columns.size(); ++i) out += (i ? "," : "") + quoted(table.columns[i][row]);
  }
  return out;
}

void check_baseline(const Table& table) {
  const Result<wire::Baseline> baseline = make_baseline(table, kPredictionColumns);
  if (!baseline) return fuzz::check_error(baseline.error());
  CHECK(baseline->rows == static_cast<std::int64_t>(table.rows()));
  for (const wire::Profile& profile : baseline->features) {
    std::int64_t counted = 0;
    for (const std::int64_t count : profile.counts) counted += count;
    CHECK(counted == baseline->rows);
  }
  const Result<std::string> text = baseline_text(*baseline);
  if (!text) return fuzz::check_error(text.error());
  const auto read = schema::from_json<wire::Baseline>(json::parse(*text));
  CHECK(read);
  CHECK(baseline_text(*read) == text);
}

void check_request(const Table& table) {
  std::vector<protocol::Row> rows;
  for (std::size_t row = 0; row < std::min<std::size_t>(table.rows(), 8); ++row) {
    protocol::Row values;
    for (const auto& column : table.columns) values.emplace_back(column[row]);
    rows.push_back(std::move(values));
  }
  const auto call = protocol::build_request(*protocol::make_mapping("v2", ""), "m", table.names, rows);
  if (!call) fuzz::check_error(call.error());
}

}  // namespace
}  // namespace gyre::worker

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gyre::worker;
  const auto table = parse_csv(gyre::fuzz::text_of(data, size), "fuzz.csv");
  if (!table) {
    gyre::fuzz::check_error(table.error());
    return 0;
  }
  CHECK(table->columns.size() == table->names.size());
  for (const auto& column : table->columns) CHECK(column.size() == table->rows());
  const auto again = parse_csv(format_csv(*table), "again.csv");
  CHECK(again && again->names == table->names && again->columns == table->columns);
  check_baseline(*table);
  check_request(*table);
  return 0;
}
