// Open Inference Protocol tensors as JSON: {"name", "shape", "datatype", "data"}, data flat or nested.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dataplane/protocol/table.h"

namespace gyre::protocol {
namespace {

struct Tensor {
  std::string name;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<const nlohmann::json*> data;  // Row by row.
};

void flatten(const nlohmann::json& json, std::vector<const nlohmann::json*>& flat) {
  if (!json.is_array()) return flat.push_back(&json);
  for (const nlohmann::json& element : json) flatten(element, flat);
}

std::unexpected<Error> malformed(std::string_view what) {
  return fail(Code::kInvalid, "InvalidTensor", fmt::format("a tensor needs {}", what));
}

Result<Tensor> read_tensor(const nlohmann::json& json) {
  if (!json.is_object()) return malformed("name, shape, datatype and data");
  Tensor tensor;
  if (const auto name = json.find("name"); name != json.end() && name->is_string()) tensor.name = *name;
  const auto shape = json.find("shape");
  if (shape == json.end() || !shape->is_array() || shape->empty() || !shape->front().is_number_unsigned())
    return malformed("a shape whose first number is that of the rows");
  tensor.rows = shape->front().get<std::size_t>();
  const auto data = json.find("data");
  if (data == json.end() || !data->is_array()) return malformed("data as a JSON list");
  flatten(*data, tensor.data);
  if (tensor.rows == 0 || tensor.data.empty() || tensor.data.size() % tensor.rows != 0)
    return malformed("as many values as its shape says");
  tensor.columns = tensor.data.size() / tensor.rows;
  return tensor;
}

// Columns that a tensor fills: one of its own name, or all of them.
void fill(const Tensor& tensor, const Names& names, std::vector<Row>& rows, std::size_t& filled) {
  const auto named = std::ranges::find(names, tensor.name);
  const std::size_t wanted = std::max<std::size_t>(names.size(), 1);
  const bool by_name = named != names.end() && tensor.columns == 1;
  if (!by_name && (tensor.columns != wanted || filled > 0)) return;
  const std::size_t first = by_name ? static_cast<std::size_t>(named - names.begin()) : 0;
  for (std::size_t row = 0; row < tensor.rows; ++row)
    for (std::size_t column = 0; column < tensor.columns; ++column)
      rows[row][first + column] = to_value(*tensor.data[row * tensor.columns + column]);
  filled += tensor.columns;
}

bool all_numbers(const std::vector<Row>& rows) {
  return std::ranges::all_of(rows, [](const Row& row) {
    return std::ranges::all_of(row, [](const Value& value) { return std::holds_alternative<double>(value); });
  });
}

nlohmann::json make_column(const std::string& name, std::size_t column, const std::vector<Row>& rows) {
  const bool text =
      std::ranges::any_of(rows, [column](const Row& row) { return std::holds_alternative<std::string>(row[column]); });
  nlohmann::json data = nlohmann::json::array();
  for (const Row& row : rows) data.push_back(text ? nlohmann::json(to_text(row[column])) : to_json(row[column]));
  return {
      {"name", name}, {"shape", {rows.size(), 1}}, {"datatype", text ? "BYTES" : "FP64"}, {"data", std::move(data)}};
}

}  // namespace

Result<std::vector<Row>> read_tensors(const nlohmann::json& tensors, const Names& names) {
  if (!tensors.is_array() || tensors.empty()) return malformed("to be there: inputs or outputs is empty");
  std::vector<Row> rows;
  std::size_t filled = 0;
  for (const nlohmann::json& json : tensors) {
    Result<Tensor> tensor = read_tensor(json);
    if (!tensor) return fail(std::move(tensor).error());
    if (rows.empty()) rows.assign(tensor->rows, Row(std::max<std::size_t>(names.size(), 1)));
    if (tensor->rows == rows.size()) fill(*tensor, names, rows, filled);
  }
  if (filled == 0)
    return fail(Code::kInvalid, "NamesUnknown",
                fmt::format("no tensor is named as expected, and none has {} columns", names.size()));
  return rows;
}

nlohmann::json make_tensors(const Names& names, const std::vector<Row>& rows) {
  nlohmann::json tensors = nlohmann::json::array();
  if (!all_numbers(rows)) {
    for (std::size_t i = 0; i < names.size(); ++i) tensors.push_back(make_column(names[i], i, rows));
    return tensors;
  }
  nlohmann::json data = nlohmann::json::array();
  for (const Row& row : rows)
    for (const Value& value : row) data.push_back(to_json(value));
  tensors.push_back(
      {{"name", "predict"}, {"shape", {rows.size(), names.size()}}, {"datatype", "FP64"}, {"data", std::move(data)}});
  return tensors;
}

}  // namespace gyre::protocol
