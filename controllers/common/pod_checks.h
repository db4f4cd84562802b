#pragma once

// What of a pod template is ours, so that a user's may not have it. Templates are raw JSON that nobody has checked yet:
// nothing here throws on odd types.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "crds/schema/validate.h"

namespace gyre {

// Names that begin with gyre-, labels of gyre.dev, and mounts below /gyre. Paths start below the template.
std::vector<schema::FieldError> check_reserved(const nlohmann::json& pod_template);

}  // namespace gyre
