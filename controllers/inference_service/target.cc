#include "controllers/inference_service/target.h"

#include <fmt/format.h>

#include "controllers/inference_service/revision.h"

namespace gyre::inference_service {
namespace {

bool is_usable(const ModelVersion& version) {
  return version.status.phase == VersionPhase::kApproved && !version.metadata.deletion_timestamp;
}

bool is_pinned(const ModelSelector& model) { return model.version || !model.digest.empty(); }

bool matches(const ModelSelector& model, const ModelVersion& version) {
  if (version.spec.model != model.name) return false;
  if (model.version) return version.status.version == *model.version;
  return model.digest.empty() || version.spec.artifact.manifest_digest == model.digest;
}

std::string pin_text(const ModelSelector& model) {
  return model.version ? fmt::format("version {}", *model.version) : "digest " + model.digest;
}

Target without_version(const ModelSelector& model, bool has_match) {
  Target target;
  if (is_pinned(model) && has_match) {
    target.reason = "VersionNotApproved";
    target.message = fmt::format("spec.model pins {} of {}, which is not Approved", pin_text(model), model.name);
  } else if (is_pinned(model)) {
    target.reason = "ReferenceNotFound";
    target.message = fmt::format("spec.model pins {} of {}, which does not exist here", pin_text(model), model.name);
  } else {
    target.reason = "NoApprovedVersion";
    target.message = fmt::format("no ModelVersion of {} is Approved yet; it is served once there is one", model.name);
  }
  return target;
}

}  // namespace

Target find_target(const InferenceService& service, const std::vector<std::shared_ptr<const ModelVersion>>& versions) {
  const ModelSelector& model = service.spec.model;
  Target best;
  bool has_match = false;
  for (const auto& version : versions) {
    if (!matches(model, *version)) continue;
    has_match = true;
    if (!is_usable(*version)) continue;
    if (!best.version || version->status.version > best.version->status.version) best.version = version;
  }
  if (!best.version) return without_version(model, has_match);
  best.revision = revision_hash(service.spec, *best.version);
  return best;
}

}  // namespace gyre::inference_service
