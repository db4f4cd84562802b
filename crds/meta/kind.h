#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace gyre {

// What a REST path and an object's apiVersion and kind are made of.
struct Kind {
  std::string_view group;  // Empty for the core group.
  std::string_view version;
  std::string_view kind;
  std::string_view plural;

  bool operator==(const Kind&) const = default;
  auto operator<=>(const Kind&) const = default;

  // "apps/v1", or "v1" for the core group.
  std::string api_version() const {
    return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
  }
};

// Names one object of a kind.
struct Key {
  std::string namespace_;
  std::string name;

  bool operator==(const Key&) const = default;
  auto operator<=>(const Key&) const = default;

  std::string text() const { return namespace_.empty() ? name : namespace_ + "/" + name; }
};

}  // namespace gyre
