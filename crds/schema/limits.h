#pragma once

#include <optional>

#include "crds/schema/describe.h"

namespace gyre::schema {

// The longest text a field takes, if any. One with a pattern has an end, said or not: the regular expressions of the
// standard library recurse, and a text of any length could end the process.
constexpr std::optional<int> longest(const Constraints& c) {
  constexpr int kLongestPatterned = 1024;
  return c.max_length || !c.pattern ? c.max_length : std::optional(kLongestPatterned);
}

}  // namespace gyre::schema
