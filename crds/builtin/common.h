#pragma once

// Built-in kinds are partial: only the fields that we set or read. Pod templates stay raw JSON.

#include "crds/meta/meta.h"
#include "crds/schema/codec.h"
#include "crds/schema/traits.h"

namespace gyre {

// A condition of a built-in kind, read only.
struct ChildCondition {
  std::string type;
  std::string status;
  std::string reason;
  std::string message;
  std::optional<Time> last_transition_time;
  bool operator==(const ChildCondition&) const = default;
};

constexpr auto describe(Type<ChildCondition>) {
  using namespace schema;
  using S = ChildCondition;
  return object("A condition.", field("type", &S::type, ""), field("status", &S::status, ""),
                field("reason", &S::reason, ""), field("message", &S::message, ""),
                field("lastTransitionTime", &S::last_transition_time, ""));
}

// The condition of that type if its status is True, else null.
const ChildCondition* find_true(const std::vector<ChildCondition>& conditions, std::string_view type);

}  // namespace gyre
