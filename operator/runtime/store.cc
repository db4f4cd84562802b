#include "operator/runtime/store.h"

#include <mutex>

namespace gyre::runtime {
namespace {

std::string_view without_zeros(std::string_view text) {
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  return text;
}

std::string term(const std::string& label, const std::string& value) { return label + '=' + value; }

// Indexing every label would cost more than it saves; ours are the ones that are looked up.
bool is_indexed(const std::string& label) { return label.starts_with("gyre.dev/"); }

}  // namespace

VersionOrder compare_versions(std::string_view a, std::string_view b) {
  a = without_zeros(a);
  b = without_zeros(b);
  if (a == b) return VersionOrder::kSame;
  const bool older = a.size() != b.size() ? a.size() < b.size() : a < b;
  return older ? VersionOrder::kOlder : VersionOrder::kNewer;
}

void ObjectStore::subscribe(Handler handler) { handlers_.push_back(std::move(handler)); }

Object ObjectStore::get(const Key& key) const {
  const std::shared_lock lock(mutex_);
  const auto found = objects_.find(key);
  return found == objects_.end() ? Object{} : found->second;
}

std::vector<Object> ObjectStore::list(std::string_view namespace_) const {
  const std::shared_lock lock(mutex_);
  std::vector<Object> out;
  auto from = namespace_.empty() ? objects_.begin() : objects_.lower_bound(Key{std::string(namespace_), ""});
  for (; from != objects_.end() && (namespace_.empty() || from->first.namespace_ == namespace_); ++from)
    out.push_back(from->second);
  return out;
}

std::vector<Object> ObjectStore::collect(const std::unordered_map<std::string, std::set<Key>>& index,
                                         const std::string& term, std::string_view namespace_) const {
  const std::shared_lock lock(mutex_);
  std::vector<Object> out;
  const auto keys = index.find(term);
  if (keys == index.end()) return out;
  for (const Key& key : keys->second)
    if (namespace_.empty() || key.namespace_ == namespace_) out.push_back(objects_.at(key));
  return out;
}

std::vector<Object> ObjectStore::owned_by(std::string_view uid) const {
  return collect(by_owner_, std::string(uid), "");
}

std::vector<Object> ObjectStore::labelled(std::string_view namespace_, const std::string& label,
                                          const std::string& value) const {
  if (is_indexed(label)) return collect(by_label_, term(label, value), namespace_);
  std::vector<Object> out = list(namespace_);
  std::erase_if(out, [&](const Object& object) {
    const auto found = object.meta->labels.find(label);
    return found == object.meta->labels.end() || found->second != value;
  });
  return out;
}

std::size_t ObjectStore::size() const {
  const std::shared_lock lock(mutex_);
  return objects_.size();
}

void ObjectStore::upsert(Object object) {
  const Key key{object.meta->namespace_, object.meta->name};
  Change change{{}, object};
  {
    const std::lock_guard lock(mutex_);
    const auto cached = objects_.find(key);
    if (cached != objects_.end()) {
      change.before = cached->second;
      const auto order = compare_versions(object.meta->resource_version, cached->second.meta->resource_version);
      if (order == VersionOrder::kOlder) return;
    }
    put(key, std::move(object));
  }
  notify({change});
}

void ObjectStore::erase(const Key& key, std::string_view version) {
  Change change;
  {
    const std::lock_guard lock(mutex_);
    const auto cached = objects_.find(key);
    if (cached == objects_.end()) return;
    // The name was taken again by a write of ours that the watch has not reached.
    if (compare_versions(cached->second.meta->resource_version, version) == VersionOrder::kNewer) return;
    change.before = cached->second;
    drop(key);
  }
  notify({change});
}

void ObjectStore::advance(const std::string& scope, std::string_view version) {
  const std::lock_guard lock(mutex_);
  std::string& seen = versions_[scope];
  if (compare_versions(version, seen) == VersionOrder::kNewer) seen = version;
}

void ObjectStore::replace(const std::string& scope, Snapshot fresh, std::string_view version) {
  std::vector<Change> changes;
  {
    const std::lock_guard lock(mutex_);
    std::vector<Key> gone;
    for (const auto& [key, object] : objects_)
      if (in_scope(scope, key) && !fresh.contains(key) &&
          compare_versions(object.meta->resource_version, version) != VersionOrder::kNewer)
        gone.push_back(key);
    for (const Key& key : gone) {
      changes.push_back({objects_.at(key), {}});
      drop(key);
    }
    for (auto& [key, object] : fresh) {
      const auto cached = objects_.find(key);
      const Object before = cached == objects_.end() ? Object{} : cached->second;
      if (before &&
          compare_versions(object.meta->resource_version, before.meta->resource_version) == VersionOrder::kOlder)
        continue;
      changes.push_back({before, object});
      put(key, std::move(object));
    }
    versions_[scope] = version;
  }
  notify(changes);
}

void ObjectStore::remember(Object object) {
  const Key key{object.meta->namespace_, object.meta->name};
  const std::string& version = object.meta->resource_version;
  const std::lock_guard lock(mutex_);
  if (compare_versions(version, seen_version(key.namespace_)) != VersionOrder::kNewer) return;
  const auto cached = objects_.find(key);
  if (cached != objects_.end() &&
      compare_versions(version, cached->second.meta->resource_version) != VersionOrder::kNewer)
    return;
  put(key, std::move(object));
}

std::string_view ObjectStore::seen_version(const std::string& namespace_) const {
  if (const auto all = versions_.find(""); all != versions_.end()) return all->second;
  const auto one = versions_.find(namespace_);
  return one == versions_.end() ? std::string_view() : std::string_view(one->second);
}

void ObjectStore::put(const Key& key, Object object) {
  if (const auto cached = objects_.find(key); cached != objects_.end()) unindex(key, *cached->second.meta);
  index(key, *object.meta);
  objects_[key] = std::move(object);
}

void ObjectStore::drop(const Key& key) {
  const auto cached = objects_.find(key);
  unindex(key, *cached->second.meta);
  objects_.erase(cached);
}

void ObjectStore::index(const Key& key, const ObjectMeta& meta) {
  if (const OwnerReference* owner = controller_of(meta)) by_owner_[owner->uid].insert(key);
  for (const auto& [label, value] : meta.labels)
    if (is_indexed(label)) by_label_[term(label, value)].insert(key);
}

void ObjectStore::unindex(const Key& key, const ObjectMeta& meta) {
  const auto remove = [&key](auto& index, const std::string& term) {
    const auto keys = index.find(term);
    if (keys == index.end()) return;
    keys->second.erase(key);
    if (keys->second.empty()) index.erase(keys);
  };
  if (const OwnerReference* owner = controller_of(meta)) remove(by_owner_, owner->uid);
  for (const auto& [label, value] : meta.labels)
    if (is_indexed(label)) remove(by_label_, term(label, value));
}

void ObjectStore::notify(const std::vector<Change>& changes) const {
  for (const Change& change : changes)
    for (const Handler& handler : handlers_) handler(change);
}

}  // namespace gyre::runtime
