#pragma once

#include <string>
#include <vector>

namespace gyre::schema {

// One thing wrong with an object: where, and what to write instead.
struct FieldError {
  std::string path;
  std::string message;
  bool operator==(const FieldError&) const = default;
};

// Constraints and rules of T and of everything in it. Instantiated beside each kind, as the codec is.
template <class T>
std::vector<FieldError> validate(const T& value);

// What an update may not change: every field declared immutable, at any depth.
template <class T>
std::vector<FieldError> validate_update(const T& before, const T& after);

}  // namespace gyre::schema
