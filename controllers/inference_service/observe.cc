#include <nlohmann/json.hpp>

#include "controllers/common/fields.h"
#include "controllers/inference_service/names.h"
#include "controllers/inference_service/reconciler.h"
#include "controllers/inference_service/revision.h"
#include "controllers/inference_service/target.h"
#include "crds/builtin/config_map.h"

namespace gyre::inference_service {
namespace {

// The catalogue is read only when a revision has to be rendered, which is rare: nothing watches it, since changing it
// restarts nothing.
Result<std::optional<std::string>> read_runtime(runtime::Api& api, const Observed& seen) {
  const std::string& name = seen.service->spec.predictor.runtime;
  const Target target = find_target(*seen.service, seen.versions);
  if (name.empty() || !target.version || find_revision(seen, target.revision)) return std::nullopt;
  const auto found = api.get(kind_of(Type<ConfigMap>{}), {seen.options.namespace_, kCatalogue});
  if (!found && found.error().code == Code::kNotFound) return std::nullopt;
  if (!found) return fail(with_context(found.error(), "read the runtime catalogue"));
  const Result<ConfigMap> catalogue = schema::from_json<ConfigMap>(*found);
  if (!catalogue) return fail(catalogue.error());
  const auto entry = catalogue->data.find(name);
  if (entry == catalogue->data.end()) return std::nullopt;
  return entry->second;
}

}  // namespace

Result<Observed> observe(const runtime::Cache& cache, runtime::Api& api, const Key& key, const Options& options,
                         Time now) {
  Observed seen;
  seen.service = cache.get<InferenceService>(key);
  if (!seen.service) return fail(Code::kNotFound, "NotFound", "InferenceService " + key.text() + " is gone");
  seen.options = options;
  seen.now = now;
  seen.versions = cache.with(fields::kModel, key.namespace_, seen.service->spec.model.name);
  const std::string& uid = seen.service->metadata.uid;
  seen.deployments = cache.owned_by<Deployment>(uid);
  seen.services = cache.owned_by<Service>(uid);
  seen.revisions = cache.owned_by<ControllerRevision>(uid);
  seen.pods = cache.labelled<Pod>(key.namespace_, labels::kService, child_name(key.name, ""));
  auto runtime = read_runtime(api, seen);
  if (!runtime) return fail(runtime.error());
  seen.runtime = std::move(*runtime);
  return seen;
}

}  // namespace gyre::inference_service
