#pragma once

#include <nlohmann/json.hpp>

#include "operator/base/check.h"
#include "operator/kube/watch_event.h"

namespace gyre::support {

// An object as it comes from the API server.
inline kube::RawObject raw_object(const nlohmann::json& object) {
  auto raw = kube::parse_object(object.dump());
  CHECK(raw.has_value());
  return std::move(*raw);
}

}  // namespace gyre::support
