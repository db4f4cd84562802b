#pragma once

// The structural OpenAPI schema of a type: what a CustomResourceDefinition carries and `kubectl explain` shows.

#include "crds/schema/codec_impl.h"
#include "crds/schema/limits.h"

namespace gyre::schema {

using OrderedJson = nlohmann::ordered_json;

// Defaults belong to what users write, not to what we report.
enum class Defaults { kWrite, kOmit };

template <class T>
OrderedJson openapi_type(Defaults defaults);

inline void add_constraints(OrderedJson& out, const Constraints& c) {
  if (c.minimum) out["minimum"] = *c.minimum;
  if (c.maximum) out["maximum"] = *c.maximum;
  if (c.min_length) out["minLength"] = *c.min_length;
  if (const auto most = longest(c)) out["maxLength"] = *most;
  if (c.min_items) out["minItems"] = *c.min_items;
  if (c.max_items) out["maxItems"] = *c.max_items;
  if (c.pattern) out["pattern"] = c.pattern;
  if (c.map_key) {
    out["x-kubernetes-list-type"] = "map";
    out["x-kubernetes-list-map-keys"] = {c.map_key};
  }
}

inline OrderedJson cel_rule(std::string_view rule, std::string_view message, std::string_view field = {}) {
  OrderedJson out = {{"rule", rule}, {"message", message}};
  if (!field.empty()) out["fieldPath"] = "." + std::string(field);
  return out;
}

// CEL can compare scalars cheaply; what else is immutable, the webhook compares.
template <class T>
inline constexpr bool is_cel_comparable =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, std::string>;
template <class T>
inline constexpr bool is_cel_comparable<std::optional<T>> = is_cel_comparable<T>;

template <class M>
void add_default(OrderedJson& out, const M& value, const Constraints& c) {
  if constexpr (std::is_arithmetic_v<M> || std::is_enum_v<M> || std::is_same_v<M, std::string> ||
                std::is_same_v<M, Duration>) {
    if (c.required) return;
    if (value != M{} || std::is_enum_v<M>) out["default"] = write(value);
  }
}

template <Described T>
OrderedJson openapi_object(Defaults defaults) {
  OrderedJson out = {{"type", "object"}};
  OrderedJson properties = OrderedJson::object(), required = OrderedJson::array(), rules = OrderedJson::array();
  const T value{};
  for_each_field<T>([&](const auto& field) {
    using M = std::remove_cvref_t<decltype(value.*(field.member))>;
    OrderedJson property = openapi_type<M>(defaults);
    if (*field.doc) property["description"] = field.doc;
    add_constraints(property, field.constraints);
    if (defaults == Defaults::kWrite) add_default(property, value.*(field.member), field.constraints);
    if (field.constraints.immutable && is_cel_comparable<M>)
      property["x-kubernetes-validations"] = {
          cel_rule("self == oldSelf", "cannot be changed after creation; create a new object instead")};
    properties[field.name] = std::move(property);
    if (field.constraints.required) required.push_back(field.name);
  });
  for_each_rule<T>([&](const auto& rule) { rules.push_back(cel_rule(rule.cel, rule.message, rule.field)); });
  if (!properties.empty()) out["properties"] = std::move(properties);
  if (!required.empty()) out["required"] = std::move(required);
  if (!rules.empty()) out["x-kubernetes-validations"] = std::move(rules);
  return out;
}

template <class E>
OrderedJson openapi_enum() {
  constexpr auto described = describe(Type<E>{});
  OrderedJson names = OrderedJson::array();
  for (const auto& each : described.values) names.push_back(each.name);
  return {{"type", "string"}, {"enum", std::move(names)}};
}

template <class T>
struct OpenApiScalar;
template <>
struct OpenApiScalar<bool> {
  static OrderedJson make() { return {{"type", "boolean"}}; }
};
template <>
struct OpenApiScalar<std::int32_t> {
  static OrderedJson make() { return {{"type", "integer"}, {"format", "int32"}}; }
};
template <>
struct OpenApiScalar<std::int64_t> {
  static OrderedJson make() { return {{"type", "integer"}, {"format", "int64"}}; }
};
template <>
struct OpenApiScalar<double> {
  static OrderedJson make() { return {{"type", "number"}}; }
};
template <>
struct OpenApiScalar<std::string> {
  static OrderedJson make() { return {{"type", "string"}}; }
};
template <>
struct OpenApiScalar<Time> {
  static OrderedJson make() { return {{"type", "string"}, {"format", "date-time"}}; }
};
template <>
struct OpenApiScalar<Duration> {
  static OrderedJson make() {
    // No more digits than CEL's durations have room for, which end at 292 years.
    return {{"type", "string"},
            {"minLength", 1},
            {"maxLength", 32},
            {"pattern",
             "^([0-9]{1,6}(\\.[0-9]+)?h)?([0-9]{1,7}(\\.[0-9]+)?m)?([0-9]{1,9}(\\.[0-9]+)?s)?([0-9]{1,12}(\\.[0-9]+)?"
             "ms)?$"}};
  }
};
template <>
struct OpenApiScalar<Raw> {
  static OrderedJson make() { return {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}}; }
};

template <class T>
OrderedJson openapi_type(Defaults defaults) {
  if constexpr (is_optional<T>) {
    return openapi_type<typename T::value_type>(defaults);
  } else if constexpr (is_vector<T>) {
    return {{"type", "array"}, {"items", openapi_type<typename T::value_type>(defaults)}};
  } else if constexpr (is_map<T>) {
    return {{"type", "object"}, {"additionalProperties", openapi_type<typename T::mapped_type>(defaults)}};
  } else if constexpr (DescribedEnum<T>) {
    return openapi_enum<T>();
  } else if constexpr (Described<T>) {
    return openapi_object<T>(defaults);
  } else {
    return OpenApiScalar<T>::make();
  }
}

}  // namespace gyre::schema
