#include "tests/support/object_storage.h"

#include <fmt/format.h>

#include "operator/base/text.h"
#include "tests/support/managed_fields.h"

namespace gyre::support {
namespace {

using Json = nlohmann::json;

// The server keeps these whatever a writer says.
constexpr const char* kServersOwn[] = {"uid", "creationTimestamp", "generation", "deletionTimestamp", "namespace"};

Answer not_found(const Target& target) {
  return refusal(404, "NotFound", fmt::format("{} \"{}\" not found", target.resource, target.name));
}

Answer conflict(const Target& target, const std::string& why) {
  return refusal(409, "Conflict",
                 fmt::format("Operation cannot be fulfilled on {} \"{}\": {}", target.resource, target.name, why));
}

std::string text_of(const Json& object, const char* member) {
  return object.value("metadata", Json::object()).value(member, "");
}

std::optional<Answer> broken_precondition(const Target& target, const Json& live, const WriteOptions& options) {
  if (!options.uid.empty() && options.uid != text_of(live, "uid"))
    return conflict(target, fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: {}",
                                        options.uid, text_of(live, "uid")));
  if (!options.resource_version.empty() && options.resource_version != text_of(live, "resourceVersion"))
    return conflict(target, "the object has been modified; please apply your changes to the latest version");
  return std::nullopt;
}

// What patch and apply say to another object's UID, where update and delete speak of a precondition.
std::optional<Answer> changed_uid(const Target& target, const Json& live, const Json& wanted) {
  const std::string uid = text_of(wanted, "uid");
  if (uid.empty() || uid == text_of(live, "uid")) return std::nullopt;
  const std::string why = fmt::format("Invalid value: \"{}\": field is immutable", uid);
  Answer answer =
      refusal(422, "Invalid", fmt::format("{} \"{}\" is invalid: metadata.uid: {}", target.resource, target.name, why));
  answer.body["details"]["causes"] = {{{"reason", "FieldValueInvalid"}, {"message", why}, {"field", "metadata.uid"}}};
  return answer;
}

// The preconditions that a written object's own metadata carries.
WriteOptions with_metadata(WriteOptions options, const Json& object) {
  options.uid = text_of(object, "uid");
  options.resource_version = text_of(object, "resourceVersion");
  return options;
}

bool has_finalizers(const Json& object) {
  return !object.value("metadata", Json::object()).value("finalizers", Json::array()).empty();
}

bool counts_generation(const Target& target) {
  return target.group == "apps" || target.group == "batch" || target.group == "networking.k8s.io" ||
         target.group == "gyre.dev";
}

// What the status subresource leaves alone is everything but the status; the object itself leaves alone the status.
void keep_other_half(const Target& target, const Json& before, Json& after) {
  if (target.subresource == "status") {
    Json kept = before;
    if (after.contains("status"))
      kept["status"] = after["status"];
    else
      kept.erase("status");
    after = std::move(kept);
  } else if (before.contains("status")) {
    after["status"] = before["status"];
  } else {
    after.erase("status");
  }
}

void keep_servers_own(const Json& before, Json& after) {
  for (const char* name : kServersOwn) {
    if (before["metadata"].contains(name))
      after["metadata"][name] = before["metadata"][name];
    else
      after["metadata"].erase(name);
  }
}

bool is_spec_changed(const Json& before, const Json& after) {
  Json a = before, b = after;
  for (Json* object : {&a, &b})
    for (const char* name : {"metadata", "status"}) object->erase(name);
  return a != b;
}

}  // namespace

Answer refusal(int code, const std::string& reason, const std::string& message) {
  return {code,
          {{"kind", "Status"},
           {"apiVersion", "v1"},
           {"status", "Failure"},
           {"code", code},
           {"reason", reason},
           {"message", message}}};
}

std::optional<Target> parse_target(const std::string& path) {
  std::vector<std::string> parts = split(path, '/');
  std::erase(parts, "");
  Target target;
  std::size_t next = 0;
  if (parts.size() >= 3 && parts[0] == "api") {
    target.api_version = parts[1];
    next = 2;
  } else if (parts.size() >= 4 && parts[0] == "apis") {
    target.group = parts[1];
    target.api_version = parts[1] + "/" + parts[2];
    next = 3;
  } else {
    return std::nullopt;
  }
  if (parts[next] == "namespaces" && parts.size() >= next + 3) {
    target.namespace_ = parts[next + 1];
    next += 2;
  }
  target.resource = (target.group.empty() ? "" : target.group + "/") + parts[next++];
  if (next < parts.size()) target.name = parts[next++];
  if (next < parts.size()) target.subresource = parts[next++];
  if (next < parts.size()) return std::nullopt;
  return target;
}

const Json* ObjectStorage::find(const Target& target) const {
  const auto objects = resources_.find(target.resource);
  if (objects == resources_.end()) return nullptr;
  const auto found = objects->second.find({target.namespace_, target.name});
  return found == objects->second.end() ? nullptr : &found->second;
}

std::vector<Json> ObjectStorage::list(const Target& target) const {
  std::vector<Json> out;
  const auto objects = resources_.find(target.resource);
  if (objects == resources_.end()) return out;
  for (const auto& [key, object] : objects->second)
    if (target.namespace_.empty() || target.namespace_ == key.first) out.push_back(object);
  return out;
}

Answer ObjectStorage::get(const Target& target) const {
  const Json* live = find(target);
  return live ? Answer{200, *live} : not_found(target);
}

void ObjectStorage::finish_new(const Target& target, Json& object) {
  Json& metadata = object["metadata"];
  metadata["uid"] = fmt::format("00000000-0000-4000-8000-{:012}", ++uids_);
  metadata["resourceVersion"] = std::to_string(++version_);
  metadata["creationTimestamp"] = "2026-11-21T08:00:00Z";
  if (!target.namespace_.empty()) metadata["namespace"] = target.namespace_;
  if (counts_generation(target)) metadata["generation"] = 1;
}

Answer ObjectStorage::create(const Target& target, Json object, const WriteOptions& options) {
  Target named = target;
  named.name = text_of(object, "name");
  if (named.name.empty()) return refusal(422, "Invalid", "metadata.name: Required value: name is required");
  const std::string space = text_of(object, "namespace");
  if (!space.empty() && space != target.namespace_)
    return refusal(400, "BadRequest", "the namespace of the provided object does not match the namespace sent");
  if (!text_of(object, "resourceVersion").empty())
    return refusal(400, "BadRequest", "resourceVersion should not be set on objects to be created");
  if (find(named))
    return refusal(409, "AlreadyExists", fmt::format("{} \"{}\" already exists", named.resource, named.name));
  object.erase("status");
  own_update(Json::object(), object, options.manager);
  finish_new(named, object);
  resources_[named.resource][{named.namespace_, named.name}] = object;
  events_.push_back({version_, named.resource, nullptr, object});
  return {201, object};
}

Answer ObjectStorage::replace(const Target& target, const Json& before, Json after) {
  keep_servers_own(before, after);
  after["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"];
  if (after == before) return {200, after};
  if (before["metadata"].contains("generation") && is_spec_changed(before, after))
    after["metadata"]["generation"] = before["metadata"]["generation"].get<int>() + 1;
  after["metadata"]["resourceVersion"] = std::to_string(++version_);
  Objects& objects = resources_[target.resource];
  const bool ends = after["metadata"].contains("deletionTimestamp") && !has_finalizers(after);
  events_.push_back({version_, target.resource, before, ends ? Json() : after});
  if (ends)
    objects.erase({target.namespace_, target.name});
  else
    objects[{target.namespace_, target.name}] = after;
  return {200, after};
}

Answer ObjectStorage::update(const Target& target, const Json& object, const WriteOptions& options) {
  const Json* live = find(target);
  if (!live) return not_found(target);
  if (auto broken = broken_precondition(target, *live, with_metadata(options, object))) return *broken;
  const Json before = *live;
  Json after = object;
  keep_other_half(target, before, after);
  keep_servers_own(before, after);
  after["metadata"]["managedFields"] = before["metadata"].value("managedFields", Json::array());
  own_update(before, after, options.manager);
  return replace(target, before, std::move(after));
}

Answer ObjectStorage::merge_patch(const Target& target, const Json& patch, const WriteOptions& options) {
  const Json* live = find(target);
  if (!live) return not_found(target);
  if (auto changed = changed_uid(target, *live, patch)) return *changed;
  if (auto broken = broken_precondition(target, *live, with_metadata(options, patch))) return *broken;
  const Json before = *live;
  Json after = before;
  after.merge_patch(patch);
  keep_other_half(target, before, after);
  keep_servers_own(before, after);
  after["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"];
  own_update(before, after, options.manager);
  return replace(target, before, std::move(after));
}

Answer ObjectStorage::apply(const Target& target, const Json& object, const WriteOptions& options) {
  const Json* live = find(target);
  const WriteOptions wanted = with_metadata(options, object);
  if (!live) {
    // An apply creates, unless it says which object it means.
    if (!wanted.uid.empty()) return conflict(target, "uid mismatch: the object does not exist");
    Json fresh = apply_fields({{"metadata", Json::object()}}, object, options.manager);
    const Json fields = fresh["metadata"]["managedFields"];
    Answer created = create(target, fresh, options);
    if (created.status != 201) return created;
    Json& stored = resources_[target.resource][{target.namespace_, target.name}];
    stored["metadata"]["managedFields"] = fields;
    return {201, stored};
  }
  if (auto changed = changed_uid(target, *live, object)) return *changed;
  if (auto broken = broken_precondition(target, *live, wanted)) return *broken;
  const Json before = *live;
  Json after = apply_fields(before, object, options.manager);
  keep_other_half(target, before, after);
  return replace(target, before, std::move(after));
}

Answer ObjectStorage::remove(const Target& target, const WriteOptions& options) {
  const Json* live = find(target);
  if (!live) return not_found(target);
  if (auto broken = broken_precondition(target, *live, options)) return *broken;
  const Json before = *live;
  if (!has_finalizers(before)) {
    resources_[target.resource].erase({target.namespace_, target.name});
    events_.push_back({++version_, target.resource, before, nullptr});
    return {200, {{"kind", "Status"}, {"apiVersion", "v1"}, {"status", "Success"}}};
  }
  Json after = before;
  if (!after["metadata"].contains("deletionTimestamp")) {
    after["metadata"]["deletionTimestamp"] = "2026-11-21T09:00:00Z";
    after["metadata"]["resourceVersion"] = std::to_string(++version_);
    resources_[target.resource][{target.namespace_, target.name}] = after;
    events_.push_back({version_, target.resource, before, after});
  }
  return {200, after};
}

}  // namespace gyre::support
