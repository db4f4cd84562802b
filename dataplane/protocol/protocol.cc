#include "dataplane/protocol/protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "dataplane/protocol/json_path.h"
#include "dataplane/protocol/table.h"
#include "operator/base/json_text.h"
#include "operator/base/text.h"

namespace gyre::protocol {
namespace {

using nlohmann::json;

Result<json> parse(std::string_view body) {
  if (is_nested_deeper(body, kDeepestJson))
    return fail(Code::kInvalid, "TooDeep",
                fmt::format("the body's lists and objects stand more than {} deep in one another", kDeepestJson));
  json document = json::parse(body, nullptr, false);
  if (document.is_discarded()) return fail(Code::kInvalid, "InvalidJson", "the body is no JSON");
  return document;
}

Result<std::vector<Row>> read_at(const json& document, std::string_view path, const Names& names) {
  Result<Path> steps = parse_path(path);
  if (!steps) return fail(std::move(steps).error());
  const std::vector<const json*> found = select(document, *steps);
  if (found.empty()) return fail(Code::kInvalid, "PathNotFound", fmt::format("the body has nothing at {}", path));
  return read_rows(found, names);
}

Result<std::vector<Row>> read(const Mapping& mapping, const Names& names, std::string_view body,
                              const std::string& tensors, const std::string& list, std::string_view path) {
  Result<json> document = parse(body);
  if (!document) return fail(std::move(document).error());
  if (mapping.protocol == Protocol::kCustom) return read_at(*document, path, names);
  const std::string& member = mapping.protocol == Protocol::kV2 ? tensors : list;
  if (!document->is_object() || !document->contains(member))
    return fail(Code::kInvalid, "MemberMissing", fmt::format("the body has no \"{}\"", member));
  const json& found = (*document)[member];
  if (mapping.protocol == Protocol::kV2) return read_tensors(found, names);
  if (!found.is_array()) return fail(Code::kInvalid, "MemberInvalid", fmt::format("\"{}\" is no list", member));
  std::vector<const json*> rows;
  for (const json& row : found) rows.push_back(&row);
  // A list of lists of one row would otherwise be taken for the list of rows.
  if (rows.size() != 1) return read_rows(rows, names);
  Result<Row> row = read_row(*rows[0], names);
  if (!row) return fail(std::move(row).error());
  return std::vector<Row>{*std::move(row)};
}

std::string_view custom_path(const Mapping& mapping, std::string CustomProtocol::* member) {
  return mapping.custom ? std::string_view((*mapping.custom).*member) : std::string_view();
}

Result<> check_rows(const Mapping& mapping, const Names& names, const std::vector<Row>& rows) {
  if (rows.empty()) return fail(Code::kInvalid, "NoRows", "a request needs at least one row");
  if (rows.size() > max_rows(mapping))
    return fail(Code::kInvalid, "TooManyRows",
                fmt::format("custom.features is {}, which carries one row a request; send them one by one",
                            custom_path(mapping, &CustomProtocol::features)));
  for (const Row& row : rows)
    if (row.size() != names.size())
      return fail(Code::kInvalid, "WrongLength",
                  fmt::format("a row has {} values for {} features", row.size(), names.size()));
  return {};
}

Result<Call> custom_call(const Mapping& mapping, std::vector<json> rows) {
  const Result<Path> path = parse_path(custom_path(mapping, &CustomProtocol::features));
  if (!path) return fail(path.error());
  return Call{std::string(custom_path(mapping, &CustomProtocol::path)), make_document(*path, std::move(rows)).dump()};
}

}  // namespace

Result<Mapping> make_mapping(std::string_view protocol, std::string_view custom) {
  if (protocol == "v2") return Mapping{Protocol::kV2, std::nullopt};
  if (protocol == "v1") return Mapping{Protocol::kV1, std::nullopt};
  if (protocol != "custom")
    return fail(Code::kInvalid, "InvalidProtocol",
                fmt::format("protocol {} is unknown; use v2, v1 or custom", protocol));
  const json document = json::parse(custom, nullptr, false);
  if (document.is_discarded())
    return fail(Code::kInvalid, "InvalidCustom",
                "protocol custom needs custom as JSON with path, features and prediction");
  Result<CustomProtocol> parsed = schema::from_json<CustomProtocol>(document);
  if (!parsed) return fail(with_context(std::move(parsed).error(), "custom"));
  for (const std::string& path : {parsed->features, parsed->prediction})
    if (Result<Path> steps = parse_path(path); !steps) return fail(with_context(std::move(steps).error(), "custom"));
  return Mapping{Protocol::kCustom, *std::move(parsed)};
}

std::size_t max_rows(const Mapping& mapping) {
  constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();
  if (mapping.protocol != Protocol::kCustom) return kUnlimited;
  const Result<Path> path = parse_path(custom_path(mapping, &CustomProtocol::features));
  return path && has_all(*path) ? kUnlimited : 1;
}

Result<Call> build_request(const Mapping& mapping, std::string_view model, const Names& names,
                           const std::vector<Row>& rows) {
  if (Result<> checked = check_rows(mapping, names, rows); !checked) return fail(std::move(checked).error());
  if (mapping.protocol == Protocol::kV2)
    return Call{fmt::format("/v2/models/{}/infer", model), json{{"inputs", make_tensors(names, rows)}}.dump()};
  std::vector<json> instances;
  for (const Row& row : rows) instances.push_back(named_row(names, row));
  if (mapping.protocol == Protocol::kCustom) return custom_call(mapping, std::move(instances));
  // KServe's v1 servers take a row as the list of its values.
  for (std::size_t i = 0; i < rows.size(); ++i) {
    instances[i] = json::array();
    for (const Value& value : rows[i]) instances[i].push_back(to_json(value));
  }
  return Call{fmt::format("/v1/models/{}:predict", model), json{{"instances", instances}}.dump()};
}

bool is_prediction(const Mapping& mapping, std::string_view method, std::string_view target) {
  if (method != "POST") return false;
  const std::string_view path = target.substr(0, target.find('?'));
  switch (mapping.protocol) {
    case Protocol::kV2:
      return path.starts_with("/v2/models/") && path.ends_with("/infer");
    case Protocol::kV1:
      return path.starts_with("/v1/models/") && path.ends_with(":predict");
    case Protocol::kCustom:
      return path == custom_path(mapping, &CustomProtocol::path);
  }
  return false;
}

Result<std::vector<Row>> parse_request(const Mapping& mapping, const Names& names, std::string_view body) {
  return read(mapping, names, body, "inputs", "instances", custom_path(mapping, &CustomProtocol::features));
}

Result<std::vector<Row>> parse_response(const Mapping& mapping, const Names& names, std::string_view body) {
  return read(mapping, names, body, "outputs", "predictions", custom_path(mapping, &CustomProtocol::prediction));
}

std::optional<double> to_number(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return std::nullopt;
  double number = 0;
  const std::string_view trimmed = trim(*text);
  const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
  return error == std::errc() && end == trimmed.data() + trimmed.size() ? number
                                                                        : std::numeric_limits<double>::quiet_NaN();
}

std::string to_text(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : std::string();
}

}  // namespace gyre::protocol
