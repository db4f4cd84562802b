#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace gyre::support {

// Who set which field, as far as our writes show: metadata.managedFields with one entry a manager and operation. A
// field is a JSON pointer; lists are one field. "fieldsV1" is ours alone: {"/spec/x": {}}.

// `after` was written by an update: what it changed belongs to (manager, Update) now and to nobody else.
void own_update(const nlohmann::json& before, nlohmann::json& after, const std::string& manager);

// `before` with `wanted` applied by force: fields that this manager had applied and no longer names go, unless
// somebody else has them too.
nlohmann::json apply_fields(const nlohmann::json& before, const nlohmann::json& wanted, const std::string& manager);

}  // namespace gyre::support
