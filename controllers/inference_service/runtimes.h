#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "operator/base/result.h"

namespace gyre::inference_service {

// A catalogue entry, YAML of a pod template, as JSON; ${model.name} is replaced. kInvalid says where it is not YAML.
Result<nlohmann::json> render_runtime(const std::string& yaml, const std::string& model);

}  // namespace gyre::inference_service
