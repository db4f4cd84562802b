#include "operator/runtime/cache.h"

#include <nlohmann/json.hpp>

#include "operator/base/check.h"
#include "operator/runtime/log.h"

namespace gyre::runtime {

ObjectStore& Cache::declare(const ObjectType& type, Selection selection) {
  auto& entry = entries_[type.kind];
  if (!entry) entry = std::make_unique<Entry>(type);
  if (entry->store.selection() == Selection{}) entry->store.select(std::move(selection));
  return entry->store;
}

const Cache::Entry& Cache::entry(const Kind& kind) const {
  const auto found = entries_.find(kind);
  CHECK(found != entries_.end());
  return *found->second;
}

RecordPtr Cache::record(const Kind& kind, const Key& key) const {
  const auto found = entries_.find(kind);
  return found == entries_.end() ? nullptr : found->second->store.record(key);
}

void Cache::remember(const Kind& kind, kube::RawObject answer, std::uint64_t carries) {
  const auto found = entries_.find(kind);
  if (found == entries_.end() || answer.key.name.empty()) return;
  if (const auto kept = found->second->store.remember(std::move(answer), carries); !kept)
    log::error("The answer to a write cannot be read",
               {{"kind", std::string(kind.kind)}, {"error", kept.error().message}});
}

void Cache::remember(const Kind& kind, const nlohmann::json& answer) {
  if (Result<kube::RawObject> object = kube::parse_object(answer.dump())) remember(kind, std::move(*object));
}

void Cache::forget(const Kind& kind, const Key& key, std::string_view uid) {
  const auto found = entries_.find(kind);
  if (found == entries_.end()) return;
  const Object cached = found->second->store.get(key);
  if (cached && cached.meta->uid == uid) found->second->store.erase(key, cached.meta->resource_version);
}

}  // namespace gyre::runtime
