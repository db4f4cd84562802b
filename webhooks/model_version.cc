#include "crds/v1alpha1/model_version.h"

#include <fmt/format.h>

#include <algorithm>

#include "webhooks/kind_review.h"

namespace gyre::webhooks {
namespace {

// Names of versions are label values.
constexpr std::size_t kLongestName = 63;

bool is_revision_of(const std::optional<RevisionStatus>& revision, const std::string& version) {
  return revision && revision->model_version == version;
}

// How a service uses the version, in words; empty when it does not.
std::string use_of(const InferenceService& service, const std::string& version) {
  const InferenceServiceStatus& status = service.status;
  if (is_revision_of(status.stable, version)) return "serves it";
  if (is_revision_of(status.canary, version)) return "is trying it as its canary";
  return std::ranges::find(status.history, version) == status.history.end() ? "" : "may roll back to it";
}

}  // namespace

Result<FieldErrors> review_model_version(const AdmissionRequest& request, const Lookups&) {
  return review_object<ModelVersion>(request, [](const ModelVersion& version) -> Result<FieldErrors> {
    FieldErrors errors;
    if (version.metadata.name.size() > kLongestName)
      errors.push_back({"metadata.name", fmt::format("must be at most {} characters, has {}", kLongestName,
                                                     version.metadata.name.size())});
    const auto& approved = version.spec.approval.approved;
    if (approved && approved->digest != version.spec.artifact.manifest_digest)
      errors.push_back({"spec.approval.approved.digest",
                        fmt::format("is not this version's artifact; to approve it, write its manifestDigest {}",
                                    version.spec.artifact.manifest_digest)});
    return errors;
  });
}

Result<std::string> deletion_refusal(const AdmissionRequest& request, const Lookups& lookups) {
  const auto services = lookups.services(request.namespace_);
  if (!services) return fail(services.error());
  for (const InferenceService& service : *services) {
    if (service.metadata.deletion_timestamp) continue;
    const std::string use = use_of(service, request.name);
    if (!use.empty())
      return fmt::format(
          "ModelVersion \"{}\" cannot be deleted: InferenceService {} {}; let the service move on (or lower "
          "spec.rollout.revisionHistoryLimit), or delete the service first",
          request.name, service.metadata.name, use);
  }
  return std::string();
}

}  // namespace gyre::webhooks
