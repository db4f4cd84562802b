#pragma once

// Where features and predictions are in a model server's requests and answers: one mapping for profiling live traffic
// and for asking a champion. Pure functions over bodies; no sockets.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crds/v1alpha1/inference_service.h"
#include "operator/base/result.h"

namespace gyre::protocol {

// A feature's or prediction's value: missing (absent or null), a number (true is 1), or text.
using Value = std::variant<std::monostate, double, std::string>;
// One value for each name that the caller gave, in the order of the names.
using Row = std::vector<Value>;
using Names = std::vector<std::string>;

struct Mapping {
  Protocol protocol = Protocol::kV2;
  std::optional<CustomProtocol> custom;  // With Protocol::kCustom.
};

// From the text forms: `protocol` is v2, v1 or custom; `custom` is the JSON of spec.custom, empty without one.
Result<Mapping> make_mapping(std::string_view protocol, std::string_view custom);

// A request to a model server: POST `path` with the JSON `body`.
struct Call {
  std::string path;
  std::string body;
};

// How many rows one request can carry: 1 when custom.features has no [*], else without a limit.
std::size_t max_rows(const Mapping& mapping);

// `rows` have a value for each of `names`. v2 is one FP64 tensor when all values are numbers, else one input a
// feature. kInvalid for more rows than max_rows or none, and for rows of another length than `names`.
Result<Call> build_request(const Mapping& mapping, std::string_view model, const Names& names,
                           const std::vector<Row>& rows);

// Whether a request asks for predictions, so that its body is worth parsing. `target` may carry a query.
bool is_prediction(const Mapping& mapping, std::string_view method, std::string_view target);

// Rows of a request, by feature name where the body has names, by position where it has as many values a row as there
// are `names`. kInvalid when it is neither.
Result<std::vector<Row>> parse_request(const Mapping& mapping, const Names& names, std::string_view body);

// Rows of an answer. With one name (or none, which is treated as one of any name) it is the server's first output.
Result<std::vector<Row>> parse_response(const Mapping& mapping, const Names& names, std::string_view body);

// Nothing for a missing value; NaN for text that is no number.
std::optional<double> to_number(const Value& value);
// As a CSV file has it: 3 and not 3.0. Empty for a missing value.
std::string to_text(const Value& value);

}  // namespace gyre::protocol
