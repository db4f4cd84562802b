#include "operator/runtime/cache.h"

#include <nlohmann/json.hpp>

#include "operator/base/check.h"
#include "operator/kube/watch_event.h"

namespace gyre::runtime {

ObjectStore& Cache::declare(const ObjectType& type, Selection selection) {
  auto& entry = entries_[type.kind];
  if (!entry) entry = std::make_unique<Entry>(type, Selection{});
  if (entry->selection == Selection{}) entry->selection = std::move(selection);
  return entry->store;
}

const Cache::Entry& Cache::entry(const Kind& kind) const {
  const auto found = entries_.find(kind);
  CHECK(found != entries_.end());
  return *found->second;
}

std::optional<nlohmann::json> Cache::get_json(const Kind& kind, const Key& key) const {
  const Entry& cached = entry(kind);
  const Object object = cached.store.get(key);
  if (!object) return std::nullopt;
  return cached.type.encode(object);
}

void Cache::remember(const Kind& kind, const nlohmann::json& answer) {
  const auto found = entries_.find(kind);
  if (found == entries_.end()) return;
  Result<Object> object = found->second->type.decode(answer);
  if (!object || object->meta->name.empty()) return;
  // What the watch does not select it would never remove again.
  for (const auto& [label, value] : found->second->selection.match_labels) {
    const auto has = object->meta->labels.find(label);
    if (has == object->meta->labels.end() || has->second != value) return;
  }
  found->second->store.remember(std::move(*object));
}

}  // namespace gyre::runtime
