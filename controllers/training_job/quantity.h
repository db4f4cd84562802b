#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace gyre::training_job {

// A quantity of bytes or of whole devices, rounded down: "8Gi", "1.5G", 2. Nothing when it is not one.
std::optional<std::int64_t> whole_quantity(const nlohmann::json& value);

}  // namespace gyre::training_job
