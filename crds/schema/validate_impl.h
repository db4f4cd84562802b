#pragma once

#include <regex>
#include <set>

#include "crds/schema/codec_impl.h"
#include "crds/schema/limits.h"
#include "crds/schema/validate.h"

namespace gyre::schema {

using FieldErrors = std::vector<FieldError>;

inline void check_text(const std::string& text, const Constraints& c, const Path& path, FieldErrors& errors) {
  const int length = static_cast<int>(text.size());
  if (c.min_length && length < *c.min_length) errors.push_back({path.text(), "must not be empty"});
  const std::optional<int> most = longest(c);
  if (most && length > *most)
    errors.push_back({path.text(), fmt::format("must be at most {} characters, has {}", *most, length)});
  else if (c.pattern && !std::regex_search(text, std::regex(c.pattern)))
    errors.push_back({path.text(), fmt::format("\"{}\" is not valid; write {}", text, c.pattern_help)});
}

template <class N>
void check_number(N number, const Constraints& c, const Path& path, FieldErrors& errors) {
  if (c.minimum && !(number >= *c.minimum))
    errors.push_back({path.text(), fmt::format("must be at least {}, is {}", *c.minimum, number)});
  if (c.maximum && !(number <= *c.maximum))
    errors.push_back({path.text(), fmt::format("must be at most {}, is {}", *c.maximum, number)});
}

template <class T>
void check(const T& value, const Constraints& c, const Path& path, FieldErrors& errors);

template <class T>
void check_items(const std::vector<T>& items, const Constraints& c, const Path& path, FieldErrors& errors) {
  const int size = static_cast<int>(items.size());
  if (c.min_items && size < *c.min_items)
    errors.push_back({path.text(), fmt::format("needs at least {} item(s)", *c.min_items)});
  if (c.max_items && size > *c.max_items)
    errors.push_back({path.text(), fmt::format("may have at most {} items, has {}", *c.max_items, size)});
  std::set<std::string> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    check(items[i], Constraints{}, path.at(i), errors);
    if (!c.map_key) continue;
    const std::string key = write(items[i]).value(c.map_key, Json()).dump();
    if (!seen.insert(key).second)
      errors.push_back({path.at(i).text(), fmt::format("{} {} is used twice; write another", c.map_key, key)});
  }
}

template <Described T>
void check_object(const T& value, const Path& path, FieldErrors& errors) {
  const T absent{};
  for_each_field<T>([&](const auto& field) {
    const auto& member = value.*(field.member);
    if (worth_writing(member, absent.*(field.member), field.constraints))
      check(member, field.constraints, path.at(field.name), errors);
  });
  for_each_rule<T>([&](const auto& rule) {
    if (rule.holds(value)) return;
    const bool at_object = std::string_view(rule.field).empty();
    errors.push_back({at_object ? path.text() : path.at(rule.field).text(), rule.message});
  });
}

template <class T>
void check(const T& value, const Constraints& c, const Path& path, FieldErrors& errors) {
  if constexpr (is_optional<T>) {
    if (value) check(*value, c, path, errors);
  } else if constexpr (is_vector<T>) {
    check_items(value, c, path, errors);
  } else if constexpr (is_map<T>) {
    for (const auto& [key, item] : value) check(item, Constraints{}, path.at(key), errors);
  } else if constexpr (Described<T>) {
    check_object(value, path, errors);
  } else if constexpr (std::is_same_v<T, std::string>) {
    check_text(value, c, path, errors);
  } else if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
    check_number(value, c, path, errors);
  }
}

template <class T>
void check_unchanged(const T& before, const T& after, const Path& path, FieldErrors& errors) {
  if constexpr (is_optional<T>) {
    if (before && after) check_unchanged(*before, *after, path, errors);
  } else if constexpr (Described<T>) {
    for_each_field<T>([&](const auto& field) {
      const Path at = path.at(field.name);
      if (!field.constraints.immutable) {
        check_unchanged(before.*(field.member), after.*(field.member), at, errors);
      } else if (!(before.*(field.member) == after.*(field.member))) {
        errors.push_back({at.text(), "cannot be changed after creation; create a new object instead"});
      }
    });
  }
}

template <class T>
FieldErrors validate(const T& value) {
  FieldErrors errors;
  check(value, Constraints{}, Path{}, errors);
  return errors;
}

template <class T>
FieldErrors validate_update(const T& before, const T& after) {
  FieldErrors errors;
  check_unchanged(before, after, Path{}, errors);
  return errors;
}

}  // namespace gyre::schema
