#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "crds/schema/node.h"

namespace gyre::runtime {

// Whether `live` has everything that `desired` says: objects by member, lists by their merge key or else by position,
// quantities as quantities, and an absent value as an empty one.
bool is_subset(const nlohmann::json& desired, schema::JsonNode live);
bool is_subset(const nlohmann::json& desired, schema::FastNode live);

// Of a value and all in it; the same for equal values, everywhere and for ever, as children carry it (apply.cc).
std::uint64_t structural_hash(const nlohmann::json& value);

// The merge patch that turns `live` into `desired`: members that are gone become null.
nlohmann::json merge_diff(const nlohmann::json& live, const nlohmann::json& desired);

}  // namespace gyre::runtime
