#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "operator/collector/identity.h"
#include "operator/runtime/api.h"

namespace gyre::collector {

// Sealed baseline profiles, as immutable ConfigMaps that belong to their ModelVersions. Thread-safe.
class Baselines {
 public:
  explicit Baselines(runtime::Api& api) : api_(api) {}

  // Keeps baseline.json, byte for byte, when its digest is the one that the ModelVersion names. Again is success.
  // kMismatch for other bytes, kInvalid for what is no baseline, kNotFound without the version, kUnavailable for
  // whatever the API server refuses us.
  Result<void> put(const Key& model_version, const std::string& bytes);
  Result<std::string> get(const Key& model_version);

 private:
  Result<nlohmann::json> find(const Kind& kind, const Key& key);
  Result<void> is_kept(const Key& name, const std::string& owner_uid, const std::string& bytes);

  runtime::Api& api_;
};

}  // namespace gyre::collector
