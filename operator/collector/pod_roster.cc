#include "operator/collector/pod_roster.h"

#include "controllers/common/metadata.h"
#include "controllers/common/names.h"

namespace gyre::collector {

PodRoster::PodRoster(runtime::ObjectStore& pods) {
  pods.subscribe([this](const runtime::Change& change) { note(change); });
}

void PodRoster::note(const runtime::Change& change) {
  const runtime::Object pod = change.outline_after();
  const std::lock_guard lock(mutex_);
  if (pod)
    pods_.insert_or_assign(change.key(), Entry{pod.meta->uid, label_of(*pod.meta, labels::kService)});
  else
    pods_.erase(change.key());
}

const PodRoster::Entry* PodRoster::find(const Identity& identity) const {
  const auto found = pods_.find({identity.namespace_, identity.pod});
  return found != pods_.end() && found->second.uid == identity.pod_uid ? &found->second : nullptr;
}

bool PodRoster::is_alive(const Identity& identity) const {
  const std::lock_guard lock(mutex_);
  return find(identity) != nullptr;
}

bool PodRoster::speaks_for(const Identity& identity, const std::string& service) const {
  const std::lock_guard lock(mutex_);
  const Entry* pod = find(identity);
  return !pod || (!pod->service.empty() && pod->service == child_name(service, ""));
}

}  // namespace gyre::collector
