#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "crds/meta/kind.h"
#include "crds/schema/describe.h"
#include "operator/base/clock.h"

namespace gyre {

// A part of an object that stays the user's own JSON, so that nothing of it is dropped.
using Raw = nlohmann::json;

}  // namespace gyre

namespace gyre::schema {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;

template <class T>
concept Described = std::is_class_v<T> && requires { describe(Type<T>{}).parts; };
template <class T>
concept DescribedEnum = std::is_enum_v<T> && requires { describe(Type<T>{}).values; };
// A kind of its own: has apiVersion and kind.
template <class T>
concept TopLevel = requires { kind_of(Type<T>{}); };

}  // namespace gyre::schema
