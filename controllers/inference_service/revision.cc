#include "controllers/inference_service/revision.h"

#include <fmt/format.h>

#include "controllers/common/metadata.h"
#include "controllers/inference_service/names.h"
#include "controllers/inference_service/pod.h"
#include "controllers/inference_service/runtimes.h"
#include "operator/base/digest.h"

namespace gyre::inference_service {
namespace {

using nlohmann::json;

// The pod template that the user wrote, or the catalogue's.
Result<json> template_of(const Observed& seen) {
  const Predictor& predictor = seen.service->spec.predictor;
  if (predictor.runtime.empty()) return predictor.template_;
  if (!seen.runtime)
    return fail(Code::kNotFound, "ReferenceNotFound",
                fmt::format("spec.predictor.runtime: the runtime catalogue (ConfigMap {}) has no \"{}\"; use one that "
                            "it has, or spec.predictor.template",
                            kCatalogue, predictor.runtime));
  Result<json> pod = render_runtime(*seen.runtime, seen.service->spec.model.name);
  if (!pod)
    return fail(with_context(pod.error(), fmt::format("entry {} of ConfigMap {}", predictor.runtime, kCatalogue)));
  if (!predictor.resources.is_null()) set_resources(*pod, predictor.resources);
  return pod;
}

}  // namespace

std::string revision_hash(const InferenceServiceSpec& spec, const ModelVersion& version) {
  json inputs = {{"model", spec.model.name},
                 {"digest", version.spec.artifact.manifest_digest},
                 {"runtime", spec.predictor.runtime},
                 {"template", spec.predictor.template_},
                 {"resources", spec.predictor.resources},
                 {"timeoutSeconds", spec.predictor.timeout_seconds},
                 {"protocol", schema::enum_name(spec.protocol)}};
  if (spec.custom) inputs["custom"] = schema::to_json(*spec.custom);
  return hash8(inputs.dump());
}

Result<Revision> render_revision(const Observed& seen, const ModelVersion& version) {
  Result<json> base = template_of(seen);
  if (!base) return fail(std::move(base).error());
  Revision revision;
  revision.hash = revision_hash(seen.service->spec, version);
  revision.model_version = version.metadata.name;
  if (version.status.version > 0) revision.version = version.status.version;
  revision.digest = version.spec.artifact.manifest_digest;
  Result<json> pod = render_pod(*seen.service, version, revision.hash, std::move(*base), seen.options);
  if (!pod) return fail(std::move(pod).error());
  revision.pod = std::move(*pod);
  return revision;
}

std::optional<Revision> find_revision(const Observed& seen, const std::string& hash) {
  for (const auto& kept : seen.revisions) {
    if (label_of(kept->metadata, labels::kRevision) != hash || !kept->data.is_object()) continue;
    Revision revision;
    revision.hash = hash;
    revision.model_version = kept->data.value("modelVersion", "");
    if (kept->revision > 0) revision.version = static_cast<std::int32_t>(kept->revision);
    revision.digest = kept->data.value("digest", "");
    revision.pod = kept->data.value("template", json::object());
    return revision;
  }
  return std::nullopt;
}

ControllerRevision make_controller_revision(const InferenceService& service, const Revision& revision) {
  ControllerRevision kept;
  kept.metadata = child_of(service, revision_object_name(service.metadata.name, revision.hash));
  kept.metadata.labels[labels::kService] = child_name(service.metadata.name, "");
  kept.metadata.labels[labels::kRevision] = revision.hash;
  kept.revision = revision.version.value_or(0);
  kept.data = {{"modelVersion", revision.model_version}, {"digest", revision.digest}, {"template", revision.pod}};
  return kept;
}

}  // namespace gyre::inference_service
