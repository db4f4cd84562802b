#include "dataplane/protocol/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gyre::protocol {
namespace {

std::size_t width(const Names& names) { return std::max<std::size_t>(names.size(), 1); }

}  // namespace

Value to_value(const nlohmann::json& json) {
  if (json.is_boolean()) return json.get<bool>() ? 1.0 : 0.0;
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get_ref<const std::string&>();
  return std::monostate{};
}

nlohmann::json to_json(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    // Whole numbers are written whole, for servers that take integers only.
    if (std::abs(*number) < 1e15 && std::trunc(*number) == *number) return static_cast<std::int64_t>(*number);
    return *number;
  }
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

Result<Row> read_row(const nlohmann::json& json, const Names& names) {
  Row row(width(names));
  if (json.is_object()) {
    // A nameless caller takes the only value there is.
    if (names.empty() && json.size() == 1) row[0] = to_value(*json.begin());
    for (std::size_t i = 0; i < names.size(); ++i)
      if (const auto member = json.find(names[i]); member != json.end()) row[i] = to_value(*member);
    return row;
  }
  if (json.is_array()) {
    if (json.size() != row.size())
      return fail(Code::kInvalid, "WrongLength",
                  fmt::format("a row has {} values where {} are expected", json.size(), row.size()));
    std::ranges::transform(json, row.begin(), to_value);
    return row;
  }
  if (row.size() != 1)
    return fail(Code::kInvalid, "WrongLength", fmt::format("a row is one value where {} are expected", row.size()));
  row[0] = to_value(json);
  return row;
}

Result<std::vector<Row>> read_rows(const std::vector<const nlohmann::json*>& found, const Names& names) {
  const bool holds_rows = found.size() == 1 && found[0]->is_array() &&
                          (width(names) == 1 || found[0]->empty() || found[0]->front().is_structured());
  std::vector<Row> rows;
  auto add = [&](const nlohmann::json& json) -> Result<> {
    Result<Row> row = read_row(json, names);
    if (!row) return fail(std::move(row).error());
    rows.push_back(*std::move(row));
    return {};
  };
  if (holds_rows) {
    for (const nlohmann::json& json : *found[0])
      if (Result<> added = add(json); !added) return fail(std::move(added).error());
    return rows;
  }
  for (const nlohmann::json* json : found)
    if (Result<> added = add(*json); !added) return fail(std::move(added).error());
  return rows;
}

nlohmann::json named_row(const Names& names, const Row& row) {
  nlohmann::json object = nlohmann::json::object();
  for (std::size_t i = 0; i < names.size(); ++i) object[names[i]] = to_json(row[i]);
  return object;
}

}  // namespace gyre::protocol
