#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "controllers/common/field.h"
#include "operator/kube/watch_event.h"
#include "operator/runtime/object.h"
#include "operator/runtime/packed_text.h"

namespace gyre::runtime {

// Orders resource versions, which are decimal numbers of any length. An empty one is the oldest.
enum class VersionOrder { kOlder, kSame, kNewer };
VersionOrder compare_versions(std::string_view a, std::string_view b);

// One object as the cache keeps it: packed, with what is asked of it without unpacking. Shared and never changed, but
// for a note that its holder may leave.
struct Record {
  std::string version;
  std::uint64_t content = 0;         // As kube::RawObject says.
  std::vector<std::uint64_t> terms;  // What the indexes know it by; the first is its controlling owner, or 0.
  PackedText packed;
  // What the Applier last found this object's content to carry, or was answered when it wrote it (apply.cc); 0:
  // nothing.
  mutable std::atomic<std::uint64_t> carries = 0;

  // The object's JSON, as it came but for what kube::RawObject leaves out.
  std::string text() const { return TextPacker::unpack(packed); }
};
using RecordPtr = std::shared_ptr<const Record>;

struct KeyHash {
  std::size_t operator()(const Key& key) const {
    const std::hash<std::string> hash;
    return hash(key.name) + 31 * hash(key.namespace_);
  }
};

// What happened to one object. Decodes what it is asked for, as most handlers want no more than the key.
class Change {
 public:
  // With the outline of `after`, where it is known.
  Change(Key key, const ObjectType& type, RecordPtr before, RecordPtr after, Object outline = {})
      : key_(std::move(key)),
        type_(&type),
        before_(std::move(before)),
        after_(std::move(after)),
        outline_(std::move(outline)) {}

  const Key& key() const { return key_; }
  bool is_new() const { return !before_; }
  bool is_deleted() const { return !after_; }
  Object before() const;
  Object after() const;
  // As ObjectType::outline: cheaper, for who asks for the metadata.
  Object outline_before() const;
  Object outline_after() const;
  // Whether before and after have the same controlling owner, so that one of them needs no look.
  bool keeps_owner() const;

 private:
  Key key_;
  const ObjectType* type_;
  RecordPtr before_, after_;
  Object outline_;
};

// Which objects of a kind are watched.
struct Selection {
  std::map<std::string, std::string> match_labels;  // Empty: all.
  bool operator==(const Selection&) const = default;
};

// All cached objects of one kind, by key, with indexes by controlling owner and by the labels that were asked for.
// What is kept is the objects' text, packed (packed_text.h): reading decodes, and memory is spent on what is read,
// not on what is held. Thread-safe.
class ObjectStore {
 public:
  using Handler = std::function<void(const Change&)>;
  using Snapshot = std::unordered_map<Key, RecordPtr, KeyHash>;

  explicit ObjectStore(const ObjectType& type) : type_(type) {}

  // Handlers run on the thread that changes the store, after the change, one change after the other; they may read
  // the store and not change it. Subscribe before the first change.
  void subscribe(Handler handler);
  // What the watch is asked for. Before the first change.
  void select(Selection selection) { selection_ = std::move(selection); }
  const Selection& selection() const { return selection_; }
  // Makes `labelled` fast for this label. Before the first change.
  void index_label(const std::string& label) { indexed_labels_.insert(label); }
  // The same for a field.
  template <class T>
  void index(const Field<T>& field) {
    indexed_fields_[field.name] = [values = field.values](const Object& object) { return values(*object.as<T>()); };
  }

  Object get(const Key& key) const;
  // An empty namespace is all of them. Sorted by key, as all that follow.
  std::vector<Object> list(std::string_view namespace_) const;
  std::vector<Object> owned_by(std::string_view uid) const;
  std::vector<Object> labelled(std::string_view namespace_, const std::string& label, const std::string& value) const;
  // Those that may have this value in a field, which is all of them when it is not indexed.
  std::vector<Object> candidates(std::string_view namespace_, const std::string& field, const std::string& value) const;
  std::vector<Key> keys() const;
  // Those that hold any object.
  std::set<std::string> namespaces() const;
  std::size_t size() const;
  // Of all packed texts.
  std::size_t bytes() const;
  const ObjectType& type() const { return type_; }

  // As kept, for who needs the whole object and not our type of it: null when absent.
  RecordPtr record(const Key& key) const;

  // Whether the object is kept at this very version, as after a write of ours that the watch tells of later.
  bool has(const Key& key, std::string_view version) const;

  // From the watch, in its order. An object older than the cached one is ignored. One that `has` was true of may come
  // without its text. An error is that it cannot be decoded; nothing has changed then.
  Result<void> upsert(kube::RawObject raw);
  void erase(const Key& key, std::string_view version);
  // The watch of `scope` (a namespace, or "" for all) has delivered everything up to `version`.
  void advance(const std::string& scope, std::string_view version);
  // Adds one object to a list that `replace` will take. What the store has already, at this very version, is shared.
  Result<void> stage(Snapshot& fresh, kube::RawObject raw) const;
  // A list of `scope` at `version`: what is not in it is deleted, except what we wrote after that version.
  void replace(const std::string& scope, Snapshot fresh, std::string_view version);

  // The answer to a write of ours, so that the writer reads it back at once. Ignored when the watch has got as far
  // already: then the cache is at least as new, and the object may be deleted by now. So is what the watch does not
  // select, as it would never tell of its end. Handlers hear of it from the watch. `carries` is as in Record.
  Result<void> remember(kube::RawObject raw, std::uint64_t carries = 0);

 private:
  using Place = Snapshot::value_type;

  static bool in_scope(const std::string& scope, const Key& key) { return scope.empty() || scope == key.namespace_; }
  RecordPtr pack(const kube::RawObject& raw, const Object& outline) const;
  bool selects(const ObjectMeta& meta) const;
  // Whether the watch or an earlier answer has told of this version or a newer one.
  bool knows(const kube::RawObject& raw) const;
  std::vector<std::uint64_t> terms_of(const Object& object) const;
  std::vector<Object> decode_all(const std::vector<RecordPtr>& records) const;
  std::string_view seen_version(const std::string& namespace_) const;
  // What handlers were last told of the object: not what a write of ours left, until the watch tells of it too.
  RecordPtr told_of(const Key& key, RecordPtr cached);
  void put(const Key& key, RecordPtr record);
  void drop(Snapshot::iterator place);
  void unindex(const Place& place, std::uint64_t term);
  // Sorted by key.
  static std::vector<RecordPtr> records_of(std::vector<const Place*> places);
  std::vector<RecordPtr> in_namespace(std::string_view namespace_) const;
  std::vector<RecordPtr> with_term(std::uint64_t term, std::string_view namespace_) const;
  void notify(const std::vector<Change>& changes) const;

  const ObjectType type_;
  mutable TextPacker packer_;
  Selection selection_;
  std::vector<Handler> handlers_;
  std::set<std::string> indexed_labels_;
  std::map<std::string, std::function<std::vector<std::string>(const Object&)>> indexed_fields_;
  std::mutex order_mutex_;  // Held from a change until its handlers have heard of it, so that none is told late.
  mutable std::shared_mutex mutex_;
  Snapshot objects_;                                              // GUARDED_BY(mutex_)
  std::unordered_multimap<std::uint64_t, const Place*> by_term_;  // GUARDED_BY(mutex_) Places of objects_.
  Snapshot untold_;                                               // GUARDED_BY(mutex_) told_of, where it is another
  std::map<std::string, std::string> versions_;                   // GUARDED_BY(mutex_) by scope
  std::map<std::string, std::size_t> sizes_;                      // GUARDED_BY(mutex_) by namespace
  std::size_t bytes_ = 0;                                         // GUARDED_BY(mutex_)
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
  std::vector<std::shared_ptr<const T>> with(const Field<T>& field, std::string_view namespace_,
                                             const std::string& value) const {
    auto out = typed(objects_->candidates(namespace_, field.name, value));
    std::erase_if(out, [&](const auto& object) {
      const auto values = field.values(*object);
      return std::ranges::find(values, value) == values.end();
    });
    return out;
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
