#pragma once

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "crds/schema/codec.h"
#include "crds/schema/path.h"
#include "crds/schema/traits.h"
#include "operator/base/text.h"

namespace gyre::schema {

using Json = nlohmann::json;

template <class T>
Json write(const T& value);

template <class T>
bool worth_writing(const T& value, const T& default_value, const Constraints& constraints) {
  return constraints.required || !(value == default_value);
}

template <Described T>
Json write_object(const T& value) {
  Json out = Json::object();
  const T defaults{};
  for_each_field<T>([&](const auto& field) {
    const auto& member = value.*(field.member);
    if (worth_writing(member, defaults.*(field.member), field.constraints)) out[field.name] = write(member);
  });
  return out;
}

template <class T>
Json write(const T& value) {
  if constexpr (is_optional<T>) {
    return value ? write(*value) : Json();
  } else if constexpr (is_vector<T>) {
    Json out = Json::array();
    for (const auto& item : value) out.push_back(write(item));
    return out;
  } else if constexpr (is_map<T>) {
    Json out = Json::object();
    for (const auto& [key, item] : value) out[key] = write(item);
    return out;
  } else if constexpr (DescribedEnum<T>) {
    return enum_name(value);
  } else if constexpr (std::is_same_v<T, Time>) {
    return format_time(value);
  } else if constexpr (std::is_same_v<T, Duration>) {
    return format_duration(value);
  } else if constexpr (Described<T>) {
    return write_object(value);
  } else {
    return value;
  }
}

inline std::unexpected<Error> wrong_type(const Path& path, std::string_view wanted, const Json& got) {
  return fail(Code::kInvalid, "InvalidField",
              fmt::format("{}: must be {}, not {}", path.text(), wanted, got.type_name()));
}

template <class T>
Result<void> read(const Json& json, T& out, const Path& path);

template <Described T>
Result<void> read_object(const Json& json, T& out, const Path& path) {
  if (!json.is_object()) return wrong_type(path, "an object", json);
  Result<void> result;
  for_each_field<T>([&](const auto& field) {
    if (!result) return;
    const auto found = json.find(field.name);
    if (found != json.end() && !found->is_null()) {
      result = read(*found, out.*(field.member), path.at(field.name));
    } else if (field.constraints.required) {
      result = fail(Code::kInvalid, "RequiredField", fmt::format("{}: is required", path.at(field.name).text()));
    }
  });
  return result;
}

template <class E>
Result<void> read_enum(const Json& json, E& out, const Path& path) {
  constexpr auto described = describe(Type<E>{});
  std::vector<std::string> names;
  for (const auto& each : described.values) {
    if (json.is_string() && json.get_ref<const std::string&>() == each.name) {
      out = each.value;
      return {};
    }
    names.push_back(each.name);
  }
  return fail(Code::kInvalid, "InvalidField", fmt::format("{}: must be one of {}", path.text(), join(names, ", ")));
}

template <class N>
Result<void> read_number(const Json& json, N& out, const Path& path) {
  if constexpr (std::is_floating_point_v<N>) {
    if (!json.is_number()) return wrong_type(path, "a number", json);
    out = json.get<N>();
  } else {
    if (!json.is_number_integer()) return wrong_type(path, "an integer", json);
    const auto wide = json.get<std::int64_t>();
    if (wide < static_cast<std::int64_t>(std::numeric_limits<N>::min()) ||
        wide > static_cast<std::int64_t>(std::numeric_limits<N>::max()))
      return fail(Code::kInvalid, "InvalidField", fmt::format("{}: {} is out of range", path.text(), wide));
    out = static_cast<N>(wide);
  }
  return {};
}

template <class T, class Parse>
Result<void> read_text(const Json& json, T& out, const Path& path, Parse parse) {
  if (!json.is_string()) return wrong_type(path, "a string", json);
  Result<T> parsed = parse(json.get_ref<const std::string&>());
  if (!parsed) return fail(with_context(parsed.error(), path.text()));
  out = *parsed;
  return {};
}

template <class T>
Result<void> read(const Json& json, T& out, const Path& path) {
  if constexpr (is_optional<T>) {
    return read(json, out.emplace(), path);
  } else if constexpr (is_vector<T>) {
    if (!json.is_array()) return wrong_type(path, "a list", json);
    out.clear();
    out.reserve(json.size());
    for (const Json& item : json) {
      const std::size_t index = out.size();
      if (auto r = read(item, out.emplace_back(), path.at(index)); !r) return r;
    }
    return {};
  } else if constexpr (is_map<T>) {
    if (!json.is_object()) return wrong_type(path, "an object", json);
    out.clear();
    for (const auto& [key, item] : json.items())
      if (auto r = read(item, out[key], path.at(key)); !r) return r;
    return {};
  } else if constexpr (DescribedEnum<T>) {
    return read_enum(json, out, path);
  } else if constexpr (std::is_same_v<T, Time>) {
    return read_text(json, out, path, parse_time);
  } else if constexpr (std::is_same_v<T, Duration>) {
    return read_text(json, out, path, parse_duration);
  } else if constexpr (Described<T>) {
    return read_object(json, out, path);
  } else if constexpr (std::is_same_v<T, Raw>) {
    out = json;
    return {};
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!json.is_boolean()) return wrong_type(path, "true or false", json);
    out = json.get<bool>();
    return {};
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!json.is_string()) return wrong_type(path, "a string", json);
    out = json.get_ref<const std::string&>();
    return {};
  } else {
    return read_number(json, out, path);
  }
}

template <class T>
Json to_json(const T& value) {
  Json out = write(value);
  if constexpr (TopLevel<T>) {
    constexpr Kind kind = kind_of(Type<T>{});
    out["apiVersion"] = kind.api_version();
    out["kind"] = kind.kind;
  }
  return out;
}

template <class T>
Result<T> from_json(const Json& value) {
  T out{};
  if (auto r = read(value, out, Path{}); !r) return fail(std::move(r).error());
  return out;
}

}  // namespace gyre::schema
