#pragma once

// How an API type is declared: a struct, and beside it one `describe`.
//
//   struct Pause { std::optional<Duration> duration; bool operator==(const Pause&) const = default; };
//
//   constexpr auto describe(Type<Pause>) {
//     using namespace schema;
//     return object("Waits before the next step.",
//         field("duration", &Pause::duration, "How long; without it until promoted."));
//   }
//
// The default is the member initialiser, the C++ name is snake_case, the JSON name appears only in `describe`.
// Visitors over `describe` read and write JSON (codec.h), validate (validate.h), and draw the CRD and the
// reference page (openapi.h, crd.h, reference.h).

#include <array>
#include <optional>
#include <tuple>
#include <utility>

namespace gyre {

template <class T>
struct Type {};

namespace schema {

// What a field's value must satisfy beside its type.
struct Constraints {
  bool required = false;
  bool immutable = false;
  bool list_set = false;
  bool set_only = false;
  std::optional<double> minimum, maximum;
  std::optional<int> min_length, max_length, min_items, max_items;
  const char* pattern = nullptr;
  const char* pattern_help = nullptr;  // What to write instead, for people.
  const char* map_key = nullptr;       // Items are unique by this key.
};

struct Required {
  constexpr void apply(Constraints& c) const { c.required = true; }
};
struct Immutable {
  constexpr void apply(Constraints& c) const { c.immutable = true; }
};
struct ListSet {
  constexpr void apply(Constraints& c) const { c.list_set = true; }
};
// Raw JSON of a child that we set, and nobody reads back or applies as read: of objects read in masses, it stays null.
struct SetOnly {
  constexpr void apply(Constraints& c) const { c.set_only = true; }
};
inline constexpr Required required;
inline constexpr Immutable immutable;
inline constexpr ListSet list_set;
inline constexpr SetOnly set_only;

struct minimum {
  double value;
  constexpr void apply(Constraints& c) const { c.minimum = value; }
};
struct maximum {
  double value;
  constexpr void apply(Constraints& c) const { c.maximum = value; }
};
struct min_length {
  int value;
  constexpr void apply(Constraints& c) const { c.min_length = value; }
};
struct max_length {
  int value;
  constexpr void apply(Constraints& c) const { c.max_length = value; }
};
struct min_items {
  int value;
  constexpr void apply(Constraints& c) const { c.min_items = value; }
};
struct max_items {
  int value;
  constexpr void apply(Constraints& c) const { c.max_items = value; }
};
struct map_key {
  const char* name;
  constexpr void apply(Constraints& c) const { c.map_key = name; }
};
struct pattern {
  const char* regex;
  const char* help;
  constexpr void apply(Constraints& c) const {
    c.pattern = regex;
    c.pattern_help = help;
  }
};

// A DNS label that leaves room for the suffixes our child objects add.
struct DnsLabel {
  constexpr void apply(Constraints& c) const {
    c.pattern = "^[a-z]([-a-z0-9]*[a-z0-9])?$";
    c.pattern_help = "lower-case letters, digits and '-', starting with a letter";
    c.max_length = 63;
  }
};
inline constexpr DnsLabel dns_label;

template <class S, class M>
struct Field {
  const char* name;
  M S::* member;
  const char* doc;
  Constraints constraints;
};

template <class S, class M, class... Options>
constexpr Field<S, M> field(const char* name, M S::* member, const char* doc, Options... options) {
  Constraints constraints;
  (options.apply(constraints), ...);
  return {name, member, doc, constraints};
}

// A rule over several fields: the same rule as CEL for the API server and as C++ for the webhook.
// `field` is the path, below the object, that the message is reported at ("" is the object itself).
template <class S>
struct Rule {
  const char* cel;
  const char* message;
  bool (*holds)(const S&);
  const char* field;
};

template <class S>
constexpr Rule<S> rule(const char* cel, const char* message, bool (*holds)(const S&), const char* field = "") {
  return {cel, message, holds, field};
}

template <class... Parts>
struct Object {
  const char* doc;
  std::tuple<Parts...> parts;  // Fields and rules, in the order they are declared.
};

template <class... Parts>
constexpr Object<Parts...> object(const char* doc, Parts... parts) {
  return {doc, std::tuple<Parts...>(parts...)};
}

template <class E>
struct Value {
  const char* name;
  E value;
};

template <class E>
constexpr Value<E> value(const char* name, E value) {
  return {name, value};
}

template <class E, std::size_t N>
struct Enumeration {
  const char* doc;
  std::array<Value<E>, N> values;
};

template <class E, class... Rest>
constexpr auto enumeration(const char* doc, Value<E> first, Rest... rest) {
  return Enumeration<E, 1 + sizeof...(Rest)>{doc, {first, rest...}};
}

template <class T>
inline constexpr bool is_field = false;
template <class S, class M>
inline constexpr bool is_field<Field<S, M>> = true;

// Calls visit(field) for each field of T, in declaration order.
template <class T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  constexpr auto described = describe(Type<T>{});
  std::apply(
      [&](const auto&... part) {
        (
            [&] {
              if constexpr (is_field<std::remove_cvref_t<decltype(part)>>) visit(part);
            }(),
            ...);
      },
      described.parts);
}

// Calls visit(rule) for each rule of T.
template <class T, class Visit>
constexpr void for_each_rule(Visit&& visit) {
  constexpr auto described = describe(Type<T>{});
  std::apply(
      [&](const auto&... part) {
        (
            [&] {
              if constexpr (!is_field<std::remove_cvref_t<decltype(part)>>) visit(part);
            }(),
            ...);
      },
      described.parts);
}

template <class E>
constexpr const char* enum_name(E wanted) {
  constexpr auto described = describe(Type<E>{});
  for (const auto& each : described.values)
    if (each.value == wanted) return each.name;
  return "";
}

}  // namespace schema
}  // namespace gyre
