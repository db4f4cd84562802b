#include "controllers/inference_service/children.h"

#include <algorithm>
#include <set>

#include "controllers/common/metadata.h"
#include "controllers/inference_service/names.h"
#include "controllers/inference_service/resources.h"
#include "controllers/inference_service/revision.h"
#include "controllers/inference_service/target.h"

namespace gyre::inference_service {
namespace {

// The revision that the status names. When somebody has deleted its ControllerRevision it is rendered again, as long
// as the spec still asks for the same.
std::optional<Revision> recall(const Observed& seen, const RevisionStatus& wanted) {
  if (auto kept = find_revision(seen, wanted.revision)) return kept;
  for (const auto& version : seen.versions) {
    if (version->metadata.name != wanted.model_version) continue;
    if (revision_hash(seen.service->spec, *version) != wanted.revision) continue;
    if (auto rendered = render_revision(seen, *version)) return std::move(*rendered);
  }
  return std::nullopt;
}

ServicePlan with_revision(const Observed& seen, ServicePlan plan, const RevisionStatus& wanted, int replicas) {
  const InferenceService& service = *seen.service;
  const std::optional<Revision> revision = recall(seen, wanted);
  if (!revision) return plan;
  if (!find_revision(seen, wanted.revision))
    plan.applies.push_back(child(make_controller_revision(service, *revision)));
  plan.applies.push_back(child(make_deployment(service, *revision, replicas)));
  plan.applies.push_back(child(make_revision_service(service, revision->hash)));
  return plan;
}

std::set<std::string> revisions_in_use(const InferenceServiceStatus& status) {
  std::set<std::string> out;
  if (status.stable) out.insert(status.stable->revision);
  if (status.canary) out.insert(status.canary->revision);
  if (status.rollout && !status.rollout->retiring.empty()) out.insert(status.rollout->retiring);
  return out;
}

template <class T>
void delete_unused(const std::vector<std::shared_ptr<const T>>& objects, const std::set<std::string>& used,
                   std::vector<Deletion>& out) {
  for (const auto& object : objects) {
    const std::string revision = label_of(object->metadata, labels::kRevision);
    if (revision.empty() || used.contains(revision) || object->metadata.deletion_timestamp) continue;
    out.push_back(deletion(*object));
  }
}

// The newest of those that are not used stay, to go back to.
void delete_old_revisions(const Observed& seen, const std::set<std::string>& used, std::vector<Deletion>& out) {
  std::vector<std::shared_ptr<const ControllerRevision>> spare;
  for (const auto& kept : seen.revisions)
    if (!used.contains(label_of(kept->metadata, labels::kRevision)) && !kept->metadata.deletion_timestamp)
      spare.push_back(kept);
  std::ranges::sort(spare, [](const auto& a, const auto& b) { return a->revision > b->revision; });
  const auto limit = static_cast<std::size_t>(seen.service->spec.rollout.revision_history_limit);
  for (std::size_t i = limit; i < spare.size(); ++i) out.push_back(deletion(*spare[i]));
}

// A revision that is about to be tried has its ControllerRevision before the status names it.
std::set<std::string> with_target(std::set<std::string> used, const Observed& seen) {
  const Target target = find_target(*seen.service, seen.versions);
  if (target.version) used.insert(target.revision);
  return used;
}

}  // namespace

ServicePlan with_children(const Observed& seen, ServicePlan plan) {
  const InferenceService& service = *seen.service;
  const InferenceServiceStatus& status = service.status;
  if (!status.stable) return plan;
  plan.applies.push_back(child(make_routes_map(service)));
  plan = with_revision(seen, std::move(plan), *status.stable, service.spec.predictor.min_replicas);
  if (status.canary) plan = with_revision(seen, std::move(plan), *status.canary, status.canary->replicas);
  plan.applies.push_back(child(make_stable_service(service, status.stable->revision)));
  const std::set<std::string> used = revisions_in_use(status);
  delete_unused(seen.deployments, used, plan.deletions);
  delete_unused(seen.services, used, plan.deletions);
  delete_old_revisions(seen, with_target(used, seen), plan.deletions);
  return plan;
}

}  // namespace gyre::inference_service
