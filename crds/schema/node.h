#pragma once

// What the codec reads: one value of a parsed document, whoever parsed it. Both classes have the same members, so that
// reading is written once: JsonNode over nlohmann for what is at hand anyway, FastNode over simdjson for what comes
// in masses.

#include <simdjson.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "operator/base/result.h"

namespace gyre::schema {

class JsonNode {
 public:
  static constexpr bool kInMasses = false;  // Whether it pays to leave out what nobody reads.
  explicit JsonNode(const nlohmann::json& json) : json_(&json) {}

  const char* type_name() const { return json_->type_name(); }
  bool is_null() const { return json_->is_null(); }
  bool is_object() const { return json_->is_object(); }
  bool is_array() const { return json_->is_array(); }
  std::optional<std::string_view> text() const {
    if (!json_->is_string()) return std::nullopt;
    return std::string_view(json_->get_ref<const std::string&>());
  }
  std::optional<bool> boolean() const { return json_->is_boolean() ? std::optional(json_->get<bool>()) : std::nullopt; }
  std::optional<double> number() const {
    return json_->is_number() ? std::optional(json_->get<double>()) : std::nullopt;
  }
  // Nothing for one beyond 64 bits with a sign.
  std::optional<std::int64_t> integer() const {
    if (json_->is_number_unsigned() && json_->get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
      return std::nullopt;
    return json_->is_number_integer() ? std::optional(json_->get<std::int64_t>()) : std::nullopt;
  }
  nlohmann::json raw() const { return *json_; }

  std::optional<JsonNode> find(const char* member) const {
    const auto found = json_->find(member);
    return found == json_->end() ? std::nullopt : std::optional(JsonNode(*found));
  }
  // Until `take` says no.
  template <class Take>
  void for_each_item(Take take) const {
    for (const nlohmann::json& item : *json_)
      if (!take(JsonNode(item))) return;
  }
  template <class Take>
  void for_each_member(Take take) const {
    for (const auto& [name, value] : json_->items())
      if (!take(std::string_view(name), JsonNode(value))) return;
  }

 private:
  const nlohmann::json* json_;
};

class FastNode {
 public:
  static constexpr bool kInMasses = true;
  using Element = simdjson::dom::element;
  // Raw values are what costs most to read; without them the rest is read and checked as ever.
  enum class Raws { kRead, kLeftOut };
  explicit FastNode(Element element, Raws raws = Raws::kRead) : element_(element), raws_(raws) {}

  // By this thread's own parser: the node and all below it live until the next call.
  static Result<FastNode> parse(std::string_view text, Raws raws = Raws::kRead) {
    thread_local simdjson::dom::parser parser;
    Element root;
    if (const auto error = parser.parse(text.data(), text.size()).get(root); error != simdjson::SUCCESS)
      return fail(Code::kInvalid, "NotJson", std::string("is not JSON: ") + simdjson::error_message(error));
    return FastNode(root, raws);
  }

  const char* type_name() const {
    switch (element_.type()) {
      case simdjson::dom::element_type::ARRAY:
        return "array";
      case simdjson::dom::element_type::OBJECT:
        return "object";
      case simdjson::dom::element_type::STRING:
        return "string";
      case simdjson::dom::element_type::BOOL:
        return "boolean";
      case simdjson::dom::element_type::NULL_VALUE:
        return "null";
      default:
        return "number";
    }
  }
  bool is_null() const { return element_.is_null(); }
  bool is_object() const { return element_.is_object(); }
  bool is_array() const { return element_.is_array(); }
  std::optional<std::string_view> text() const { return value<std::string_view>(); }
  std::optional<bool> boolean() const { return value<bool>(); }
  std::optional<double> number() const { return value<double>(); }
  std::optional<std::int64_t> integer() const { return value<std::int64_t>(); }
  nlohmann::json raw() const {
    if (raws_ == Raws::kLeftOut) return nullptr;
    switch (element_.type()) {
      case simdjson::dom::element_type::OBJECT: {
        nlohmann::json out = nlohmann::json::object();
        for_each_member([&](std::string_view name, FastNode member) {
          out[std::string(name)] = member.raw();
          return true;
        });
        return out;
      }
      case simdjson::dom::element_type::ARRAY: {
        nlohmann::json out = nlohmann::json::array();
        for_each_item([&](FastNode item) {
          out.push_back(item.raw());
          return true;
        });
        return out;
      }
      case simdjson::dom::element_type::STRING:
        return element_.get_string().value_unsafe();
      case simdjson::dom::element_type::BOOL:
        return element_.get_bool().value_unsafe();
      case simdjson::dom::element_type::INT64: {
        // As nlohmann does it: what is not negative is unsigned.
        const std::int64_t number = element_.get_int64().value_unsafe();
        return number < 0 ? nlohmann::json(number) : nlohmann::json(static_cast<std::uint64_t>(number));
      }
      case simdjson::dom::element_type::UINT64:
        return element_.get_uint64().value_unsafe();
      case simdjson::dom::element_type::DOUBLE:
        return element_.get_double().value_unsafe();
      case simdjson::dom::element_type::NULL_VALUE:
        return nullptr;
    }
    return nullptr;
  }

  std::optional<FastNode> find(const char* member) const {
    Element found;
    if (element_.at_key(member).get(found) != simdjson::SUCCESS) return std::nullopt;
    return FastNode(found, raws_);
  }
  template <class Take>
  void for_each_item(Take take) const {
    simdjson::dom::array items;
    if (element_.get(items) != simdjson::SUCCESS) return;
    for (const Element item : items)
      if (!take(FastNode(item, raws_))) return;
  }
  template <class Take>
  void for_each_member(Take take) const {
    simdjson::dom::object members;
    if (element_.get(members) != simdjson::SUCCESS) return;
    for (const auto [name, value] : members)
      if (!take(name, FastNode(value, raws_))) return;
  }

 private:
  template <class V>
  std::optional<V> value() const {
    V out;
    if (element_.get(out) != simdjson::SUCCESS) return std::nullopt;
    return out;
  }

  Element element_;
  Raws raws_;
};

}  // namespace gyre::schema
