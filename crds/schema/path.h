#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gyre::schema {

// Where we are in an object, as a chain on the stack: text is made only when something is wrong.
struct Path {
  const Path* parent = nullptr;
  std::string_view name;
  std::size_t index = 0;

  Path at(std::string_view field) const { return {this, field, 0}; }
  Path at(std::size_t item) const { return {this, {}, item}; }

  // "spec.rollout.steps[2].setWeight"
  std::string text() const {
    if (!parent) return std::string(name);
    const std::string before = parent->text();
    if (name.empty()) return before + "[" + std::to_string(index) + "]";
    return before.empty() ? std::string(name) : before + "." + std::string(name);
  }
};

}  // namespace gyre::schema
