// Bodies that clients send to models, and models answer, in each protocol. With a member "custom" the body is read by
// that mapping too.

#include "dataplane/protocol/protocol.h"
#include "tests/fuzz/fuzz.h"

namespace gyre::protocol {
namespace {

using nlohmann::json;

std::vector<Mapping> mappings(std::string_view body) {
  std::vector<Mapping> out;
  const auto add = [&](std::string_view protocol, const std::string& custom) {
    if (Result<Mapping> made = make_mapping(protocol, custom))
      out.push_back(std::move(*made));
    else
      fuzz::check_error(made.error());
  };
  add("v2", "");
  add("v1", "");
  add("custom", R"({"path": "/p", "features": "$.instances[*]", "prediction": "$.results[0].value"})");
  add("custom", R"({"path": "/p", "features": "$", "prediction": "$.p[*][1]"})");
  const json document = json::parse(body, nullptr, false);
  if (document.is_object() && document.contains("custom")) add("custom", document["custom"].dump());
  return out;
}

// Rows of a width, and an error for those that are none.
std::optional<std::vector<Row>> checked(const Result<std::vector<Row>>& rows, const Names& names) {
  if (!rows) {
    fuzz::check_error(rows.error());
    return std::nullopt;
  }
  for (const Row& row : *rows) {
    CHECK(row.size() == std::max<std::size_t>(names.size(), 1));
    for (const Value& value : row) CHECK(to_text(value).size() < 1 << 20);
  }
  return *rows;
}

// What the worker would ask with these rows is read back as the same rows; a column of numbers and texts is of texts
// from then on.
void check_round_trip(const Mapping& mapping, const Names& names, std::vector<Row> rows) {
  if (names.empty() || rows.empty() || rows.size() > max_rows(mapping)) return;
  std::optional<std::vector<Row>> last;
  for (int i = 0; i < 2; ++i) {
    const Result<Call> call = build_request(mapping, "m", names, rows);
    CHECK(call);
    CHECK(is_prediction(mapping, "POST", call->path) || mapping.protocol == Protocol::kCustom);
    Result<std::vector<Row>> back = parse_request(mapping, names, call->body);
    CHECK(back && back->size() == rows.size());
    if (i == 1) CHECK(*back == rows);
    rows = std::move(*back);
  }
}

}  // namespace
}  // namespace gyre::protocol

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gyre::protocol;
  const std::string_view body = gyre::fuzz::text_of(data, size);
  for (const Mapping& mapping : mappings(body))
    for (const Names& names : {Names{}, Names{"x"}, Names{"age", "plan"}}) {
      if (const auto rows = checked(parse_request(mapping, names, body), names))
        check_round_trip(mapping, names, *rows);
      checked(parse_response(mapping, names, body), names);
    }
  return 0;
}
