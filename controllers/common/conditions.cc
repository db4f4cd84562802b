#include "controllers/common/conditions.h"

#include <algorithm>

namespace gyre {
namespace {

auto find(auto& conditions, std::string_view type) { return std::ranges::find(conditions, type, &Condition::type); }

}  // namespace

void set_condition(std::vector<Condition>& conditions, const Statement& statement, std::int64_t generation, Time now) {
  // It may be that of another of these conditions, which a new one moves.
  const std::string reason(statement.reason);
  auto found = find(conditions, statement.type);
  if (found == conditions.end()) {
    conditions.push_back({.type = std::string(statement.type)});
    found = std::prev(conditions.end());
    found->last_transition_time = now;
  } else if (found->status != statement.status) {
    found->last_transition_time = now;
  }
  found->status = statement.status;
  found->reason = reason;
  found->message = statement.message;
  found->observed_generation = generation;
}

void remove_condition(std::vector<Condition>& conditions, std::string_view type) {
  std::erase_if(conditions, [&](const Condition& c) { return c.type == type; });
}

const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type) {
  const auto found = find(conditions, type);
  return found == conditions.end() ? nullptr : &*found;
}

bool is_true(const std::vector<Condition>& conditions, std::string_view type) {
  const Condition* found = find_condition(conditions, type);
  return found && found->status == ConditionStatus::kTrue;
}

}  // namespace gyre
