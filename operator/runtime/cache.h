#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "operator/runtime/store.h"

namespace gyre::runtime {

// One store a watched kind. Declare every kind before the manager runs; reading one that was not declared is a bug.
// Objects are shared and never changed; a null pointer means absent. Thread-safe once running.
class Cache {
 public:
  struct Entry {
    explicit Entry(const ObjectType& type) : store(type) {}
    const Kind& kind() const { return store.type().kind; }

    ObjectStore store;
  };

  // The first selection given for a kind stands; a later declaration without one keeps it.
  template <class T>
  ObjectStore& declare(Selection selection = {}) {
    return declare(object_type<T>(), std::move(selection));
  }
  ObjectStore& declare(const ObjectType& type, Selection selection);

  template <class T>
  Store<T> store() const {
    return Store<T>(entry(kind_of(Type<T>{})).store);
  }
  template <class T>
  std::shared_ptr<const T> get(const Key& key) const {
    return store<T>().get(key);
  }
  // Sorted by key. An empty namespace is all of them.
  template <class T>
  std::vector<std::shared_ptr<const T>> list(std::string_view namespace_) const {
    return store<T>().list(namespace_);
  }
  // Those whose controlling owner has this UID.
  template <class T>
  std::vector<std::shared_ptr<const T>> owned_by(std::string_view uid) const {
    return store<T>().owned_by(uid);
  }
  template <class T>
  std::vector<std::shared_ptr<const T>> labelled(std::string_view namespace_, const std::string& label,
                                                 const std::string& value) const {
    return store<T>().labelled(namespace_, label, value);
  }

  // Those that have this value in the field; fast when the field is indexed.
  template <class T>
  std::vector<std::shared_ptr<const T>> with(const Field<T>& field, std::string_view namespace_,
                                             const std::string& value) const {
    return store<T>().with(field, namespace_, value);
  }
  // Those that hold any object of the kind.
  template <class T>
  std::set<std::string> namespaces() const {
    return entry(kind_of(Type<T>{})).store.namespaces();
  }

  // As kept; null when absent, or when the kind is not watched.
  RecordPtr record(const Kind& kind, const Key& key) const;
  // Puts the answer to a write of ours in the store of its kind, when that kind is watched (store.h).
  void remember(const Kind& kind, kube::RawObject answer, std::uint64_t carries = 0);
  // The same with what was read.
  void remember(const Kind& kind, const nlohmann::json& answer);
  // Takes out the object that a deletion of ours ended; one that has its name since stays.
  void forget(const Kind& kind, const Key& key, std::string_view uid);

  std::map<Kind, std::unique_ptr<Entry>>& entries() { return entries_; }

 private:
  const Entry& entry(const Kind& kind) const;

  std::map<Kind, std::unique_ptr<Entry>> entries_;
};

}  // namespace gyre::runtime
