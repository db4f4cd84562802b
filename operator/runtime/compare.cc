#include "operator/runtime/compare.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "operator/base/quantity.h"

namespace gyre::runtime {
namespace {

using Json = nlohmann::json;

std::optional<double> as_quantity(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return parse_quantity(value.get_ref<const std::string&>());
  return std::nullopt;
}

template <class Node>
std::optional<double> as_quantity(Node value) {
  if (const auto number = value.number()) return number;
  const auto text = value.text();
  return text ? parse_quantity(*text) : std::nullopt;
}

template <class Node>
bool is_empty(Node value) {
  if (value.is_null()) return true;
  bool empty = true;
  if (value.is_object()) {
    value.for_each_member([&](std::string_view, Node member) { return empty = is_empty(member); });
    return empty;
  }
  if (value.is_array()) {
    value.for_each_item([&](Node) { return empty = false; });
    return empty;
  }
  if (const auto text = value.text()) return text->empty();
  if (const auto truth = value.boolean()) return !*truth;
  return value.number() == 0;
}

bool is_empty(const Json& value) { return is_empty(schema::JsonNode(value)); }

template <class Node>
bool equals(const Json& desired, Node live) {
  if (desired.is_string()) return live.text() == std::string_view(desired.get_ref<const std::string&>());
  if (desired.is_boolean()) return live.boolean() == desired.get<bool>();
  if (desired.is_number_integer() && live.integer()) return *live.integer() == desired.get<std::int64_t>();
  if (desired.is_number()) return live.number() == desired.get<double>();
  return desired.is_null() && live.is_null();
}

template <class Node>
bool same_scalar(const Json& desired, Node live) {
  if (equals(desired, live)) return true;
  // "1" and 1 are the same quantity, but "1" and "01" two different strings.
  const auto a = as_quantity(desired);
  const auto b = as_quantity(live);
  return a && b && std::abs(*a - *b) <= 1e-9 * std::max({1.0, std::abs(*a), std::abs(*b)});
}

// What tells items of a list apart, as server-side apply merges them; the first that fits counts.
constexpr const char* kMergeKeys[] = {"mountPath", "devicePath", "containerPort", "port", "uid", "type", "name"};

bool tells_apart(const char* key, const Json& items) {
  std::vector<const Json*> values;
  for (const Json& item : items) {
    const auto value = item.is_object() ? item.find(key) : item.end();
    if (value == item.end()) return false;
    values.push_back(&*value);
  }
  std::ranges::sort(values, [](const Json* a, const Json* b) { return *a < *b; });
  return std::ranges::adjacent_find(values, [](const Json* a, const Json* b) { return *a == *b; }) == values.end();
}

const char* merge_key_of(const Json& items) {
  if (items.empty()) return nullptr;
  const auto found = std::ranges::find_if(kMergeKeys, [&](const char* key) { return tells_apart(key, items); });
  return found == std::end(kMergeKeys) ? nullptr : *found;
}

template <class Node>
bool subset(const Json& desired, Node live);

template <class Node>
bool is_same_list(const Json& desired, Node live) {
  auto next = desired.begin();
  bool same = true;
  live.for_each_item([&](Node item) { return same = next != desired.end() && subset(*next++, item); });
  return same && next == desired.end();
}

// Others may add items to a list that is merged by key; any other list must be as we said.
template <class Node>
bool is_sublist(const Json& desired, Node live) {
  const char* key = merge_key_of(desired);
  if (!key) return is_same_list(desired, live);
  const auto is_in = [key](const Json& item, Node other) {
    const auto name = other.is_object() ? other.find(key) : std::nullopt;
    return name && equals(item[key], *name) && subset(item, other);
  };
  // Nearly always they come in our order, and one pass finds them all.
  auto next = desired.begin();
  live.for_each_item([&](Node other) {
    if (is_in(*next, other)) ++next;
    return next != desired.end();
  });
  return std::all_of(next, desired.end(), [&](const Json& item) {
    bool found = false;
    live.for_each_item([&](Node other) { return !(found = is_in(item, other)); });
    return found;
  });
}

template <class Node>
bool subset(const Json& desired, Node live) {
  if (desired.is_object()) {
    if (!live.is_object()) return is_empty(desired) && is_empty(live);
    return std::ranges::all_of(desired.get_ref<const Json::object_t&>(), [&](const auto& member) {
      const auto found = live.find(member.first.c_str());
      return found ? subset(member.second, *found) : is_empty(member.second);
    });
  }
  if (desired.is_array()) {
    if (!live.is_array()) return desired.empty() && is_empty(live);
    return is_sublist(desired, live);
  }
  return same_scalar(desired, live) || (is_empty(desired) && is_empty(live));
}

std::uint64_t hash_text(std::uint64_t seed, std::string_view text) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

std::uint64_t hash_integer(std::uint64_t seed, std::int64_t number) {
  return XXH3_64bits_withSeed(&number, sizeof(number), seed);
}

// 1, 1u and 1.0 are equal.
std::uint64_t hash_number(std::uint64_t seed, const Json& value) {
  if (value.is_number_integer()) return hash_integer(seed, value.get<std::int64_t>());
  const double number = value.get<double>();
  constexpr double kExact = 9007199254740992;  // 2^53
  if (number == std::trunc(number) && std::abs(number) <= kExact)
    return hash_integer(seed, static_cast<std::int64_t>(number));
  return XXH3_64bits_withSeed(&number, sizeof(number), seed);
}

std::uint64_t hash_onto(std::uint64_t seed, const Json& value) {
  const Json::value_t type = value.is_number() ? Json::value_t::number_float : value.type();
  seed += static_cast<std::uint64_t>(type);
  if (value.is_string()) return hash_text(seed, value.get_ref<const std::string&>());
  if (value.is_number()) return hash_number(seed, value);
  if (value.is_boolean()) return hash_integer(seed, value.get<bool>());
  std::uint64_t hash = hash_integer(seed, static_cast<std::int64_t>(value.size()));
  if (value.is_object()) {
    for (const auto& [name, member] : value.get_ref<const Json::object_t&>())
      hash = hash_onto(hash_text(hash, name), member);
  } else if (value.is_array()) {
    for (const Json& item : value) hash = hash_onto(hash, item);
  }
  return hash;
}

}  // namespace

bool is_subset(const Json& desired, schema::JsonNode live) { return subset(desired, live); }

bool is_subset(const Json& desired, schema::FastNode live) { return subset(desired, live); }

std::uint64_t structural_hash(const Json& value) { return hash_onto(0, value); }

Json merge_diff(const Json& live, const Json& desired) {
  Json patch = Json::object();
  for (const auto& [name, value] : desired.items()) {
    const auto old = live.find(name);
    if (old == live.end())
      patch[name] = value;
    else if (value.is_object() && old->is_object()) {
      if (Json inner = merge_diff(*old, value); !inner.empty()) patch[name] = std::move(inner);
    } else if (*old != value) {
      patch[name] = value;
    }
  }
  for (const auto& [name, value] : live.items())
    if (!desired.contains(name)) patch[name] = nullptr;
  return patch;
}

}  // namespace gyre::runtime
