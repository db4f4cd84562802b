#include "controllers/inference_service/runtimes.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "operator/base/text.h"

namespace gyre::inference_service {
namespace {

using nlohmann::json;

template <class Number>
bool parse(const std::string& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

json scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  const bool is_quoted = node.Tag() == "!";
  if (is_quoted) return text;
  if (text == "true" || text == "false") return text == "true";
  if (text.empty() || text == "null" || text == "~") return nullptr;
  if (std::int64_t whole = 0; parse(text, whole)) return whole;
  // "inf" and "nan" are words here: JSON has no such numbers.
  if (double number = 0; parse(text, number) && std::isfinite(number)) return number;
  return text;
}

json convert(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map: {
      json out = json::object();
      for (const auto& member : node) out[member.first.Scalar()] = convert(member.second);
      return out;
    }
    case YAML::NodeType::Sequence: {
      json out = json::array();
      for (const auto& item : node) out.push_back(convert(item));
      return out;
    }
    case YAML::NodeType::Scalar:
      return scalar(node);
    default:
      return nullptr;
  }
}

}  // namespace

Result<json> render_runtime(const std::string& yaml, const std::string& model) {
  try {
    return convert(YAML::Load(replace_all(yaml, "${model.name}", model)));
  } catch (const YAML::Exception& error) {
    return fail(Code::kInvalid, "InvalidRuntime", error.what());
  }
}

}  // namespace gyre::inference_service
