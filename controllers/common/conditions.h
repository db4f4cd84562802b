#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crds/meta/meta.h"

namespace gyre {

// What a condition says, without when.
struct Statement {
  std::string_view type;
  ConditionStatus status;
  std::string_view reason;
  std::string message;
};

// Adds or replaces the condition of that type; lastTransitionTime changes only when status does.
void set_condition(std::vector<Condition>& conditions, const Statement& statement, std::int64_t generation, Time now);
void remove_condition(std::vector<Condition>& conditions, std::string_view type);
const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type);
bool is_true(const std::vector<Condition>& conditions, std::string_view type);

// Says of which generation a status and all its conditions are.
template <class Status>
void set_observed_generation(Status& status, std::int64_t generation) {
  status.observed_generation = generation;
  for (Condition& condition : status.conditions) condition.observed_generation = generation;
}

}  // namespace gyre
