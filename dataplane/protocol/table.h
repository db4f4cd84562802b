#pragma once

// JSON values as rows of named values, and the other way about.

#include <nlohmann/json.hpp>

#include "dataplane/protocol/protocol.h"

namespace gyre::protocol {

Value to_value(const nlohmann::json& json);
nlohmann::json to_json(const Value& value);

// An object by name, a list by position, a single value when at most one name is asked for.
Result<Row> read_row(const nlohmann::json& json, const Names& names);
// Each of them a row; a lone list that is not itself a row is the list of rows.
Result<std::vector<Row>> read_rows(const std::vector<const nlohmann::json*>& found, const Names& names);

nlohmann::json named_row(const Names& names, const Row& row);

// Open Inference Protocol tensors: `inputs` of a request or `outputs` of an answer.
Result<std::vector<Row>> read_tensors(const nlohmann::json& tensors, const Names& names);
nlohmann::json make_tensors(const Names& names, const std::vector<Row>& rows);

}  // namespace gyre::protocol
