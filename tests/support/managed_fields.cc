#include "tests/support/managed_fields.h"

#include <algorithm>
#include <set>

namespace gyre::support {
namespace {

using Json = nlohmann::json;
using Pointer = Json::json_pointer;
using Fields = std::set<std::string>;

constexpr const char* kNobodys[] = {"/apiVersion",
                                    "/kind",
                                    "/metadata/name",
                                    "/metadata/namespace",
                                    "/metadata/uid",
                                    "/metadata/resourceVersion",
                                    "/metadata/generation",
                                    "/metadata/creationTimestamp",
                                    "/metadata/deletionTimestamp",
                                    "/metadata/managedFields"};

void collect(const Json& value, const Pointer& at, Fields& fields) {
  const std::string path = at.to_string();
  if (std::find(std::begin(kNobodys), std::end(kNobodys), path) != std::end(kNobodys)) return;
  if (value.is_object() && !value.empty()) {
    for (const auto& [name, member] : value.items()) collect(member, at / name, fields);
    return;
  }
  if (!path.empty()) fields.insert(path);
}

Fields fields_of(const Json& object) {
  Fields fields;
  collect(object, Pointer(), fields);
  return fields;
}

Fields changed_fields(const Json& before, const Json& after) {
  Fields changed;
  for (const std::string& field : fields_of(after)) {
    const Pointer at(field);
    if (!before.contains(at) || before.at(at) != after.at(at)) changed.insert(field);
  }
  return changed;
}

Fields owned(const Json& entry) {
  Fields fields;
  const Json said = entry.value("fieldsV1", Json::object());
  for (const auto& [field, unused] : said.items()) fields.insert(field);
  return fields;
}

void set_owned(Json& entry, const Fields& fields) {
  entry["fieldsV1"] = Json::object();
  for (const std::string& field : fields) entry["fieldsV1"][field] = Json::object();
}

bool is_entry(const Json& entry, const std::string& manager, const std::string& operation) {
  return entry.value("manager", "") == manager && entry.value("operation", "") == operation;
}

Json& managed_fields(Json& object) {
  Json& entries = object["metadata"]["managedFields"];
  if (!entries.is_array()) entries = Json::array();
  return entries;
}

Json& entry_of(Json& object, const std::string& manager, const std::string& operation) {
  Json& entries = managed_fields(object);
  for (Json& entry : entries)
    if (is_entry(entry, manager, operation)) return entry;
  entries.push_back({{"manager", manager},
                     {"operation", operation},
                     {"apiVersion", object.value("apiVersion", "")},
                     {"fieldsType", "FieldsV1"},
                     {"fieldsV1", Json::object()}});
  return entries.back();
}

void take_from_others(Json& object, const Fields& taken, const std::string& manager, const std::string& operation) {
  for (Json& entry : managed_fields(object)) {
    if (is_entry(entry, manager, operation)) continue;
    Fields left;
    for (const std::string& field : owned(entry))
      if (!taken.contains(field)) left.insert(field);
    set_owned(entry, left);
  }
}

void drop_empty_entries(Json& object) {
  Json left = Json::array();
  for (Json& entry : managed_fields(object))
    if (!entry["fieldsV1"].empty()) left.push_back(entry);
  managed_fields(object) = left;
}

bool is_owned_by_other(Json& object, const std::string& field, const std::string& manager) {
  const Json& entries = managed_fields(object);
  return std::any_of(entries.begin(), entries.end(), [&](const Json& entry) {
    return !is_entry(entry, manager, "Apply") && owned(entry).contains(field);
  });
}

// Removes the field and the objects that it leaves empty.
void erase_field(Json& object, const std::string& field) {
  Pointer at(field);
  if (!object.contains(at)) return;
  while (true) {
    const std::string name = at.back();
    at.pop_back();
    object.at(at).erase(name);
    if (at.empty() || !object.at(at).empty()) return;
  }
}

// As a merge, but null is a value to leave alone: apply cannot unset.
void merge(Json& into, const Json& wanted) {
  if (!wanted.is_object() || !into.is_object()) {
    into = wanted;
    return;
  }
  for (const auto& [name, value] : wanted.items()) {
    if (value.is_null()) continue;
    if (into.contains(name))
      merge(into[name], value);
    else
      into[name] = value;
  }
}

}  // namespace

void own_update(const Json& before, Json& after, const std::string& manager) {
  const Fields changed = changed_fields(before, after);
  if (changed.empty()) return;
  Json& entry = entry_of(after, manager, "Update");
  Fields mine = owned(entry);
  mine.insert(changed.begin(), changed.end());
  set_owned(entry, mine);
  take_from_others(after, changed, manager, "Update");
  drop_empty_entries(after);
}

Json apply_fields(const Json& before, const Json& wanted, const std::string& manager) {
  Json after = before;
  const Fields now = fields_of(wanted);
  const Fields old = owned(entry_of(after, manager, "Apply"));
  for (const std::string& field : old)
    if (!now.contains(field) && !is_owned_by_other(after, field, manager)) erase_field(after, field);
  Json said = wanted;
  for (const char* name : {"uid", "resourceVersion", "managedFields"}) said["metadata"].erase(name);
  merge(after, said);
  set_owned(entry_of(after, manager, "Apply"), now);
  // By force: what differed before is ours alone; what was the same is shared.
  Fields taken;
  for (const std::string& field : now) {
    const Pointer at(field);
    if (before.contains(at) && before.at(at) != after.at(at)) taken.insert(field);
  }
  take_from_others(after, taken, manager, "Apply");
  drop_empty_entries(after);
  return after;
}

}  // namespace gyre::support
