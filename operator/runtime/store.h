#pragma once

#include <functional>
#include <map>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "operator/runtime/object.h"

namespace gyre::runtime {

// Orders resource versions, which are decimal numbers of any length. An empty one is the oldest.
enum class VersionOrder { kOlder, kSame, kNewer };
VersionOrder compare_versions(std::string_view a, std::string_view b);

// What happened to one object: `before` is empty for a new one, `after` for a deleted one.
struct Change {
  Object before;
  Object after;
};

// All cached objects of one kind, by key, with indexes by controlling owner and by label. Objects are shared and
// never changed. Thread-safe.
class ObjectStore {
 public:
  using Handler = std::function<void(const Change&)>;
  using Snapshot = std::map<Key, Object>;

  // Handlers run on the thread that changes the store, after the change, without the lock. Subscribe before the
  // first change.
  void subscribe(Handler handler);

  Object get(const Key& key) const;
  // An empty namespace is all of them.
  std::vector<Object> list(std::string_view namespace_) const;
  std::vector<Object> owned_by(std::string_view uid) const;
  std::vector<Object> labelled(std::string_view namespace_, const std::string& label, const std::string& value) const;
  std::size_t size() const;

  // From the watch, in its order. An object older than the cached one is ignored.
  void upsert(Object object);
  void erase(const Key& key, std::string_view version);
  // The watch of `scope` (a namespace, or "" for all) has delivered everything up to `version`.
  void advance(const std::string& scope, std::string_view version);
  // A list of `scope` at `version`: what is not in it is deleted, except what we wrote after that version.
  void replace(const std::string& scope, Snapshot fresh, std::string_view version);

  // The answer to a write of ours, so that the writer reads it back at once. Ignored when the watch has got as far
  // already: then the cache is at least as new, and the object may be deleted by now. Handlers are not called.
  void remember(Object object);

 private:
  static bool in_scope(const std::string& scope, const Key& key) { return scope.empty() || scope == key.namespace_; }
  std::string_view seen_version(const std::string& namespace_) const;
  void put(const Key& key, Object object);
  void drop(const Key& key);
  void index(const Key& key, const ObjectMeta& meta);
  void unindex(const Key& key, const ObjectMeta& meta);
  std::vector<Object> collect(const std::unordered_map<std::string, std::set<Key>>& index, const std::string& term,
                              std::string_view namespace_) const;
  void notify(const std::vector<Change>& changes) const;

  std::vector<Handler> handlers_;
  mutable std::shared_mutex mutex_;
  Snapshot objects_;                                         // GUARDED_BY(mutex_)
  std::unordered_map<std::string, std::set<Key>> by_owner_;  // GUARDED_BY(mutex_)
  std::unordered_map<std::string, std::set<Key>> by_label_;  // GUARDED_BY(mutex_)
  std::map<std::string, std::string> versions_;              // GUARDED_BY(mutex_) by scope
};

// The typed view of an ObjectStore. As cheap to copy as a pointer.
template <class T>
class Store {
 public:
  explicit Store(const ObjectStore& objects) : objects_(&objects) {}

  std::shared_ptr<const T> get(const Key& key) const { return objects_->get(key).template as<T>(); }
  std::vector<std::shared_ptr<const T>> list(std::string_view namespace_) const {
    return typed(objects_->list(namespace_));
  }
  std::vector<std::shared_ptr<const T>> owned_by(std::string_view uid) const { return typed(objects_->owned_by(uid)); }
  std::vector<std::shared_ptr<const T>> labelled(std::string_view namespace_, const std::string& label,
                                                 const std::string& value) const {
    return typed(objects_->labelled(namespace_, label, value));
  }

 private:
  static std::vector<std::shared_ptr<const T>> typed(const std::vector<Object>& objects) {
    std::vector<std::shared_ptr<const T>> out;
    out.reserve(objects.size());
    for (const Object& object : objects) out.push_back(object.as<T>());
    return out;
  }

  const ObjectStore* objects_;
};

}  // namespace gyre::runtime
