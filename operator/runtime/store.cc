#include "operator/runtime/store.h"

#include <algorithm>
#include <mutex>

#include "operator/runtime/log.h"

namespace gyre::runtime {
namespace {

std::string_view without_zeros(std::string_view text) {
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  return text;
}

std::uint64_t hash(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::uint64_t term_of(const std::string& name, const std::string& value) { return hash(name + '=' + value); }

bool has_label(const Object& object, const std::string& label, const std::string& value) {
  const auto found = object.meta->labels.find(label);
  return found != object.meta->labels.end() && found->second == value;
}

Object read(const ObjectType& type, const RecordPtr& record, Result<Object> (*parse)(std::string_view)) {
  if (!record) return {};
  thread_local std::string text;
  TextPacker::unpack(record->packed, text);
  Result<Object> object = parse(text);
  if (object) return std::move(*object);
  // It was decoded before it was packed.
  log::error("A cached object cannot be read: this is a bug",
             {{"kind", std::string(type.kind.kind)}, {"error", object.error().message}});
  return {};
}

bool is_at(const RecordPtr& record, std::string_view version) {
  return record && compare_versions(record->version, version) == VersionOrder::kSame;
}

Object decode(const ObjectType& type, const RecordPtr& record) { return read(type, record, type.decode); }

}  // namespace

VersionOrder compare_versions(std::string_view a, std::string_view b) {
  a = without_zeros(a);
  b = without_zeros(b);
  if (a == b) return VersionOrder::kSame;
  const bool older = a.size() != b.size() ? a.size() < b.size() : a < b;
  return older ? VersionOrder::kOlder : VersionOrder::kNewer;
}

Object Change::before() const { return decode(*type_, before_); }

Object Change::after() const { return decode(*type_, after_); }

Object Change::outline_before() const { return read(*type_, before_, type_->outline); }

Object Change::outline_after() const { return outline_ ? outline_ : read(*type_, after_, type_->outline); }

bool Change::keeps_owner() const { return before_ && after_ && before_->terms.front() == after_->terms.front(); }

void ObjectStore::subscribe(Handler handler) { handlers_.push_back(std::move(handler)); }

RecordPtr ObjectStore::record(const Key& key) const {
  const std::shared_lock lock(mutex_);
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second;
}

Object ObjectStore::get(const Key& key) const { return decode(type_, record(key)); }

std::vector<RecordPtr> ObjectStore::in_namespace(std::string_view namespace_) const {
  const std::shared_lock lock(mutex_);
  std::vector<const Place*> places;
  for (const Place& place : objects_)
    if (namespace_.empty() || place.first.namespace_ == namespace_) places.push_back(&place);
  return records_of(std::move(places));
}

std::vector<RecordPtr> ObjectStore::records_of(std::vector<const Place*> places) {
  std::ranges::sort(places, {}, [](const Place* place) -> const Key& { return place->first; });
  std::vector<RecordPtr> out;
  out.reserve(places.size());
  for (const Place* place : places) out.push_back(place->second);
  return out;
}

std::vector<RecordPtr> ObjectStore::with_term(std::uint64_t term, std::string_view namespace_) const {
  const std::shared_lock lock(mutex_);
  std::vector<const Place*> places;
  const auto [first, last] = by_term_.equal_range(term);
  for (auto each = first; each != last; ++each)
    if (namespace_.empty() || each->second->first.namespace_ == namespace_) places.push_back(each->second);
  return records_of(std::move(places));
}

std::vector<Object> ObjectStore::decode_all(const std::vector<RecordPtr>& records) const {
  std::vector<Object> out;
  out.reserve(records.size());
  for (const RecordPtr& record : records)
    if (Object object = decode(type_, record)) out.push_back(std::move(object));
  return out;
}

std::vector<Object> ObjectStore::list(std::string_view namespace_) const {
  return decode_all(in_namespace(namespace_));
}

std::vector<Object> ObjectStore::owned_by(std::string_view uid) const {
  std::vector<Object> out = decode_all(with_term(hash(uid), ""));
  std::erase_if(out, [&](const Object& object) {
    const OwnerReference* owner = controller_of(*object.meta);
    return !owner || owner->uid != uid;
  });
  return out;
}

std::vector<Object> ObjectStore::labelled(std::string_view namespace_, const std::string& label,
                                          const std::string& value) const {
  std::vector<Object> out =
      indexed_labels_.contains(label) ? decode_all(with_term(term_of(label, value), namespace_)) : list(namespace_);
  std::erase_if(out, [&](const Object& object) { return !has_label(object, label, value); });
  return out;
}

std::vector<Object> ObjectStore::candidates(std::string_view namespace_, const std::string& field,
                                            const std::string& value) const {
  return indexed_fields_.contains(field) ? decode_all(with_term(term_of(field, value), namespace_)) : list(namespace_);
}

std::vector<Key> ObjectStore::keys() const {
  const std::shared_lock lock(mutex_);
  std::vector<Key> out;
  out.reserve(objects_.size());
  for (const auto& [key, record] : objects_) out.push_back(key);
  std::ranges::sort(out);
  return out;
}

std::set<std::string> ObjectStore::namespaces() const {
  const std::shared_lock lock(mutex_);
  std::set<std::string> out;
  for (const auto& [name, count] : sizes_) out.insert(name);
  return out;
}

std::size_t ObjectStore::size() const {
  const std::shared_lock lock(mutex_);
  return objects_.size();
}

std::size_t ObjectStore::bytes() const {
  const std::shared_lock lock(mutex_);
  return bytes_;
}

RecordPtr ObjectStore::pack(const kube::RawObject& raw, const Object& outline) const {
  auto record = std::make_shared<Record>();
  record->version = raw.version;
  record->content = raw.content;
  record->terms = terms_of(outline);
  record->packed = packer_.pack(raw.text);
  return record;
}

std::vector<std::uint64_t> ObjectStore::terms_of(const Object& object) const {
  const ObjectMeta& meta = *object.meta;
  const OwnerReference* owner = controller_of(meta);
  std::vector<std::uint64_t> terms = {owner ? hash(owner->uid) : 0};
  for (const std::string& label : indexed_labels_)
    if (const auto found = meta.labels.find(label); found != meta.labels.end())
      terms.push_back(term_of(label, found->second));
  for (const auto& [field, values_of] : indexed_fields_)
    for (const std::string& value : values_of(object)) terms.push_back(term_of(field, value));
  return terms;
}

bool ObjectStore::has(const Key& key, std::string_view version) const { return is_at(record(key), version); }

Result<void> ObjectStore::upsert(kube::RawObject raw) {
  const std::lock_guard order_lock(order_mutex_);
  const RecordPtr known = record(raw.key);
  const VersionOrder order = known ? compare_versions(raw.version, known->version) : VersionOrder::kNewer;
  // Without its text it was known, and if it is no more then a deletion of ours has been faster than the watch.
  const bool is_past = order == VersionOrder::kNewer && raw.text.empty();
  if (order == VersionOrder::kOlder || is_past) return {};
  Object outline;
  if (raw.text.empty()) {
    outline = read(type_, known, type_.outline);
  } else if (Result<Object> fresh = type_.outline(raw.text)) {
    outline = *std::move(fresh);
  } else {
    return fail(fresh.error());
  }
  // The echo of a write of ours is kept already.
  RecordPtr after = order == VersionOrder::kNewer ? pack(raw, outline) : known;
  RecordPtr before;
  {
    const std::lock_guard lock(mutex_);
    const auto cached = objects_.find(raw.key);
    before = cached == objects_.end() ? nullptr : cached->second;
    if (before && compare_versions(raw.version, before->version) == VersionOrder::kOlder) return {};
    if (before != after) put(raw.key, after);
    before = told_of(raw.key, std::move(before));
  }
  notify({Change(raw.key, type_, std::move(before), std::move(after), std::move(outline))});
  return {};
}

RecordPtr ObjectStore::told_of(const Key& key, RecordPtr cached) {
  const auto untold = untold_.extract(key);
  return untold ? std::move(untold.mapped()) : std::move(cached);
}

void ObjectStore::erase(const Key& key, std::string_view version) {
  const std::lock_guard order_lock(order_mutex_);
  RecordPtr before;
  {
    const std::lock_guard lock(mutex_);
    const auto cached = objects_.find(key);
    if (cached == objects_.end()) return;
    // The name was taken again by a write of ours that the watch has not reached.
    if (compare_versions(cached->second->version, version) == VersionOrder::kNewer) return;
    before = cached->second;
    untold_.erase(key);
    drop(cached);
  }
  notify({Change(key, type_, std::move(before), nullptr)});
}

void ObjectStore::advance(const std::string& scope, std::string_view version) {
  const std::lock_guard lock(mutex_);
  std::string& seen = versions_[scope];
  if (compare_versions(version, seen) == VersionOrder::kNewer) seen = version;
}

Result<void> ObjectStore::stage(Snapshot& fresh, kube::RawObject raw) const {
  RecordPtr known = record(raw.key);
  if (!is_at(known, raw.version)) {
    // A write or a deletion of ours has been faster: `replace` keeps what is newer than its list.
    if (raw.text.empty()) return {};
    const Result<Object> outline = type_.outline(raw.text);
    if (!outline) return fail(outline.error());
    known = pack(raw, *outline);
  }
  fresh.insert_or_assign(std::move(raw.key), std::move(known));
  return {};
}

void ObjectStore::replace(const std::string& scope, Snapshot fresh, std::string_view version) {
  const std::lock_guard order_lock(order_mutex_);
  std::vector<Change> changes;
  {
    const std::lock_guard lock(mutex_);
    for (auto place = objects_.begin(); place != objects_.end();) {
      const auto next = std::next(place);
      const auto& [key, record] = *place;
      if (in_scope(scope, key) && !fresh.contains(key) &&
          compare_versions(record->version, version) != VersionOrder::kNewer) {
        changes.emplace_back(key, type_, record, nullptr);
        untold_.erase(key);
        drop(place);
      }
      place = next;
    }
    for (auto& [key, record] : fresh) {
      const auto cached = objects_.find(key);
      const RecordPtr before = cached == objects_.end() ? nullptr : cached->second;
      if (before && compare_versions(record->version, before->version) == VersionOrder::kOlder) continue;
      RecordPtr told = told_of(key, before);
      if (told == record) continue;
      changes.emplace_back(key, type_, std::move(told), record);
      if (before != record) put(key, std::move(record));
    }
    versions_[scope] = version;
  }
  notify(changes);
}

Result<void> ObjectStore::remember(kube::RawObject raw, std::uint64_t carries) {
  {
    const std::shared_lock lock(mutex_);
    if (knows(raw)) {
      // The watch was faster, or nothing has changed.
      const auto cached = objects_.find(raw.key);
      if (carries != 0 && cached != objects_.end() && is_at(cached->second, raw.version))
        cached->second->carries = carries;
      return {};
    }
  }
  const Result<Object> outline = type_.outline(raw.text);
  if (!outline) return fail(outline.error());
  if (!selects(*outline->meta)) return {};
  RecordPtr record = pack(raw, *outline);
  record->carries = carries;
  const std::lock_guard lock(mutex_);
  if (knows(raw)) return {};
  const auto cached = objects_.find(raw.key);
  untold_.try_emplace(raw.key, cached == objects_.end() ? nullptr : cached->second);
  put(raw.key, std::move(record));
  return {};
}

bool ObjectStore::knows(const kube::RawObject& raw) const {
  if (compare_versions(raw.version, seen_version(raw.key.namespace_)) != VersionOrder::kNewer) return true;
  const auto cached = objects_.find(raw.key);
  return cached != objects_.end() && compare_versions(raw.version, cached->second->version) != VersionOrder::kNewer;
}

bool ObjectStore::selects(const ObjectMeta& meta) const {
  return std::ranges::all_of(selection_.match_labels, [&](const auto& wanted) {
    const auto found = meta.labels.find(wanted.first);
    return found != meta.labels.end() && found->second == wanted.second;
  });
}

std::string_view ObjectStore::seen_version(const std::string& namespace_) const {
  if (const auto all = versions_.find(""); all != versions_.end()) return all->second;
  const auto one = versions_.find(namespace_);
  return one == versions_.end() ? std::string_view() : std::string_view(one->second);
}

void ObjectStore::put(const Key& key, RecordPtr record) {
  auto& place = *objects_.try_emplace(key).first;
  const auto has = [](const RecordPtr& holder, std::uint64_t term) {
    return holder && std::find(holder->terms.begin(), holder->terms.end(), term) != holder->terms.end();
  };
  const RecordPtr before = std::move(place.second);
  if (!before) ++sizes_[key.namespace_];
  if (before) {
    if (record->carries == 0 && before->content == record->content) record->carries = before->carries.load();
    bytes_ -= before->packed.packed_size;
    for (const std::uint64_t term : before->terms)
      if (!has(record, term)) unindex(place, term);
  }
  for (const std::uint64_t term : record->terms)
    if (term != 0 && !has(before, term)) by_term_.emplace(term, &place);
  bytes_ += record->packed.packed_size;
  place.second = std::move(record);
}

void ObjectStore::drop(Snapshot::iterator place) {
  for (const std::uint64_t term : place->second->terms) unindex(*place, term);
  bytes_ -= place->second->packed.packed_size;
  if (const auto size = sizes_.find(place->first.namespace_); --size->second == 0) sizes_.erase(size);
  objects_.erase(place);
}

void ObjectStore::unindex(const Place& place, std::uint64_t term) {
  const auto [first, last] = by_term_.equal_range(term);
  const auto found = std::find_if(first, last, [&](const auto& each) { return each.second == &place; });
  if (found != last) by_term_.erase(found);
}

void ObjectStore::notify(const std::vector<Change>& changes) const {
  for (const Change& change : changes)
    for (const Handler& handler : handlers_) handler(change);
}

}  // namespace gyre::runtime
