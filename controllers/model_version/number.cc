#include "controllers/model_version/number.h"

#include <algorithm>

namespace gyre::model_version {
namespace {

bool is_older(const ModelVersion& a, const ModelVersion& b) {
  return std::pair(a.metadata.creation_timestamp, a.metadata.name) <
         std::pair(b.metadata.creation_timestamp, b.metadata.name);
}

int next_number(const Observed& seen) {
  int highest = 0;
  for (const auto& sibling : seen.siblings) highest = std::max(highest, sibling->status.version);
  // A version that was deleted may still be served: its number is not given again.
  for (const auto& service : seen.services)
    for (const auto* revision : {&service->status.stable, &service->status.canary})
      if (service->spec.model.name == seen.version->spec.model && *revision)
        highest = std::max(highest, (*revision)->version);
  return highest + 1;
}

bool is_clash(const Observed& seen, const ModelVersion& sibling) {
  return sibling.status.version == seen.version->status.version &&
         (is_final(sibling.status.phase) || is_older(sibling, *seen.version));
}

bool is_ahead(const Observed& seen, const ModelVersion& sibling) {
  return sibling.status.version == 0 && !sibling.metadata.deletion_timestamp && is_older(sibling, *seen.version);
}

bool any_sibling(const Observed& seen, bool (*what)(const Observed&, const ModelVersion&)) {
  return std::ranges::any_of(seen.siblings, [&](const auto& sibling) { return what(seen, *sibling); });
}

}  // namespace

bool is_final(VersionPhase phase) { return phase == VersionPhase::kApproved || phase == VersionPhase::kRejected; }

VersionPlan with_number(const Observed& seen, VersionPlan plan) {
  const ModelVersionStatus& status = seen.version->status;
  if (is_final(status.phase)) return plan;
  if (status.version > 0) {
    if (any_sibling(seen, is_clash)) plan.status.version = next_number(seen);
    return plan;
  }
  if (any_sibling(seen, is_ahead)) return look_again(std::move(plan), std::chrono::seconds(1));
  plan.status.version = next_number(seen);
  return plan;
}

}  // namespace gyre::model_version
