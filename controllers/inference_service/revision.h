#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "controllers/inference_service/observed.h"

namespace gyre::inference_service {

// A model in a server, which never changes: what its ControllerRevision keeps.
struct Revision {
  std::string hash;
  std::string model_version;
  std::optional<std::int32_t> version;
  std::string digest;
  nlohmann::json pod;  // The whole rendered pod template; deployed for the revision's lifetime.
  bool operator==(const Revision&) const = default;
};

// Hash of what the user asked for and the model's digest. Not of what we add, nor of the runtime catalogue: upgrading
// either restarts nothing.
std::string revision_hash(const InferenceServiceSpec& spec, const ModelVersion& version);

// A new revision of this version. kNotFound with reason ReferenceNotFound when the runtime is not in the catalogue,
// kInvalid when the template cannot be rendered.
Result<Revision> render_revision(const Observed& seen, const ModelVersion& version);

// As its ControllerRevision has it; nothing when there is none.
std::optional<Revision> find_revision(const Observed& seen, const std::string& hash);

ControllerRevision make_controller_revision(const InferenceService& service, const Revision& revision);

}  // namespace gyre::inference_service
