#pragma once

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "crds/schema/codec.h"
#include "crds/schema/node.h"
#include "crds/schema/path.h"
#include "crds/schema/traits.h"
#include "operator/base/text.h"

namespace gyre::schema {

using Json = nlohmann::json;

// Moves out of values that end here.
template <class T>
Json write(T&& value);

template <class T>
bool worth_writing(const T& value, const T& default_value, const Constraints& constraints) {
  return constraints.required || !(value == default_value);
}

// A part of `Whole`, which ends here when the whole does.
template <class Whole, class Part>
decltype(auto) part_of(Part& part) {
  if constexpr (std::is_lvalue_reference_v<Whole>)
    return (part);
  else
    return std::move(part);
}

template <class T>
Json write_object(T&& value) {
  using Plain = std::remove_cvref_t<T>;
  Json out = Json::object();
  [[maybe_unused]] static const Plain defaults{};
  for_each_field<Plain>([&](const auto& field) {
    auto& member = value.*(field.member);
    if (worth_writing(member, defaults.*(field.member), field.constraints))
      out.emplace(field.name, write(part_of<T>(member)));
  });
  return out;
}

template <class T>
Json write(T&& value) {
  using Plain = std::remove_cvref_t<T>;
  if constexpr (is_optional<Plain>) {
    return value ? write(part_of<T>(*value)) : Json();
  } else if constexpr (is_vector<Plain>) {
    Json out = Json::array();
    for (auto& item : value) out.push_back(write(part_of<T>(item)));
    return out;
  } else if constexpr (is_map<Plain>) {
    Json out = Json::object();
    for (auto& [key, item] : value) out.emplace(key, write(part_of<T>(item)));
    return out;
  } else if constexpr (DescribedEnum<Plain>) {
    return enum_name(value);
  } else if constexpr (std::is_same_v<Plain, Time>) {
    return format_time(value);
  } else if constexpr (std::is_same_v<Plain, Duration>) {
    return format_duration(value);
  } else if constexpr (Described<Plain>) {
    return write_object(std::forward<T>(value));
  } else {
    return std::forward<T>(value);
  }
}

template <class Node>
std::unexpected<Error> wrong_type(const Path& path, std::string_view wanted, Node got) {
  return fail(Code::kInvalid, "InvalidField",
              fmt::format("{}: must be {}, not {}", path.text(), wanted, got.type_name()));
}

template <class Node, class T>
Result<void> read(Node node, T& out, const Path& path);

template <class Node, Described T>
Result<void> read_object(Node node, T& out, const Path& path) {
  if (!node.is_object()) return wrong_type(path, "an object", node);
  Result<void> result;
  for_each_field<T>([&](const auto& field) {
    using Member = std::remove_cvref_t<decltype(out.*(field.member))>;
    constexpr bool may_skip = Node::kInMasses && std::is_same_v<Member, Raw>;
    if (!result || (may_skip && field.constraints.set_only)) return;
    const auto found = node.find(field.name);
    if (found && !found->is_null()) {
      result = read(*found, out.*(field.member), path.at(field.name));
    } else if (field.constraints.required) {
      result = fail(Code::kInvalid, "RequiredField", fmt::format("{}: is required", path.at(field.name).text()));
    }
  });
  return result;
}

template <class Node, class E>
Result<void> read_enum(Node node, E& out, const Path& path) {
  constexpr auto described = describe(Type<E>{});
  const auto text = node.text();
  std::vector<std::string> names;
  for (const auto& each : described.values) {
    if (text == each.name) {
      out = each.value;
      return {};
    }
    names.push_back(each.name);
  }
  return fail(Code::kInvalid, "InvalidField", fmt::format("{}: must be one of {}", path.text(), join(names, ", ")));
}

template <class Node, class N>
Result<void> read_number(Node node, N& out, const Path& path) {
  if constexpr (std::is_floating_point_v<N>) {
    const auto number = node.number();
    if (!number) return wrong_type(path, "a number", node);
    out = static_cast<N>(*number);
  } else {
    const auto wide = node.integer();
    if (!wide) return wrong_type(path, "an integer", node);
    if (*wide < static_cast<std::int64_t>(std::numeric_limits<N>::min()) ||
        *wide > static_cast<std::int64_t>(std::numeric_limits<N>::max()))
      return fail(Code::kInvalid, "InvalidField", fmt::format("{}: {} is out of range", path.text(), *wide));
    out = static_cast<N>(*wide);
  }
  return {};
}

template <class Node, class T, class Parse>
Result<void> read_text(Node node, T& out, const Path& path, Parse parse) {
  const auto text = node.text();
  if (!text) return wrong_type(path, "a string", node);
  Result<T> parsed = parse(*text);
  if (!parsed) return fail(with_context(parsed.error(), path.text()));
  out = *parsed;
  return {};
}

template <class Node, class T>
Result<void> read_list(Node node, T& out, const Path& path) {
  if (!node.is_array()) return wrong_type(path, "a list", node);
  out.clear();
  Result<void> result;
  node.for_each_item([&](Node item) {
    const std::size_t index = out.size();
    result = read(item, out.emplace_back(), path.at(index));
    return result.has_value();
  });
  return result;
}

template <class Node, class T>
Result<void> read_map(Node node, T& out, const Path& path) {
  if (!node.is_object()) return wrong_type(path, "an object", node);
  out.clear();
  Result<void> result;
  node.for_each_member([&](std::string_view name, Node value) {
    const std::string key(name);
    result = read(value, out[key], path.at(key));
    return result.has_value();
  });
  return result;
}

template <class Node, class T>
Result<void> read(Node node, T& out, const Path& path) {
  if constexpr (is_optional<T>) {
    return read(node, out.emplace(), path);
  } else if constexpr (is_vector<T>) {
    return read_list(node, out, path);
  } else if constexpr (is_map<T>) {
    return read_map(node, out, path);
  } else if constexpr (DescribedEnum<T>) {
    return read_enum(node, out, path);
  } else if constexpr (std::is_same_v<T, Time>) {
    return read_text(node, out, path, parse_time);
  } else if constexpr (std::is_same_v<T, Duration>) {
    return read_text(node, out, path, parse_duration);
  } else if constexpr (Described<T>) {
    return read_object(node, out, path);
  } else if constexpr (std::is_same_v<T, Raw>) {
    out = node.raw();
    return {};
  } else if constexpr (std::is_same_v<T, bool>) {
    const auto truth = node.boolean();
    if (!truth) return wrong_type(path, "true or false", node);
    out = *truth;
    return {};
  } else if constexpr (std::is_same_v<T, std::string>) {
    const auto text = node.text();
    if (!text) return wrong_type(path, "a string", node);
    out = *text;
    return {};
  } else {
    return read_number(node, out, path);
  }
}

template <class T>
void write_kind(Json& out) {
  if constexpr (TopLevel<T>) {
    constexpr Kind kind = kind_of(Type<T>{});
    out["apiVersion"] = kind.api_version();
    out["kind"] = kind.kind;
  }
}

template <class T>
Json to_json(const T& value) {
  Json out = write(value);
  write_kind<T>(out);
  return out;
}

template <class T>
Json into_json(T&& value) {
  static_assert(!std::is_reference_v<T>, "to_json is for values that live on");
  Json out = write(std::move(value));
  write_kind<T>(out);
  return out;
}

template <class T>
Result<T> from_json(const Json& value) {
  T out{};
  if (auto r = read(JsonNode(value), out, Path{}); !r) return fail(std::move(r).error());
  return out;
}

template <class T>
Result<T> read_text_as(std::string_view text, FastNode::Raws raws) {
  const auto root = FastNode::parse(text, raws);
  if (!root) return fail(root.error());
  T out{};
  if (auto r = read(*root, out, Path{}); !r) return fail(std::move(r).error());
  return out;
}

template <class T>
Result<T> from_text(std::string_view text) {
  return read_text_as<T>(text, FastNode::Raws::kRead);
}

template <class T>
Result<T> outline_from_text(std::string_view text) {
  return read_text_as<T>(text, FastNode::Raws::kLeftOut);
}

}  // namespace gyre::schema
