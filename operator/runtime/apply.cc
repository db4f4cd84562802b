#include "operator/runtime/apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "controllers/common/names.h"
#include "operator/runtime/compare.h"
#include "operator/runtime/fate.h"
#include "operator/runtime/log.h"
#include "operator/trace/span.h"

namespace gyre::runtime {
namespace {

using Json = nlohmann::json;

std::string manager_of(const Kind& kind) {
  std::string name = "gyre-" + std::string(kind.kind);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

template <class Node>
std::string text_at(Node object, std::initializer_list<const char*> path) {
  std::optional<Node> at = object;
  for (const char* member : path)
    if (at) at = at->is_object() ? at->find(member) : std::nullopt;
  return std::string(at ? at->text().value_or("") : "");
}

template <class Node>
std::string controller_uid(Node object) {
  std::string uid;
  const auto metadata = object.find("metadata");
  const auto owners = metadata && metadata->is_object() ? metadata->find("ownerReferences") : std::nullopt;
  if (owners && owners->is_array())
    owners->for_each_item([&](Node owner) {
      const auto controls = owner.is_object() ? owner.find("controller") : std::nullopt;
      if (controls && controls->boolean() == true) uid = text_at(owner, {"uid"});
      return uid.empty();
    });
  return uid;
}

// An object that outlives its maker has no owner reference; then our label says whose it is.
template <class Node>
bool is_ours(const Json& desired, Node live) {
  const std::string owner = controller_uid(schema::JsonNode(desired));
  if (!owner.empty()) return owner == controller_uid(live);
  return text_at(live, {"metadata", "labels", labels::kManagedBy}) == labels::kManagedByGyre;
}

template <class Node>
bool is_being_deleted(Node live) {
  return !text_at(live, {"metadata", "deletionTimestamp"}).empty();
}

// The annotation gyre.dev/applied-hash, by which fields that we stopped setting are noticed.
std::string applied_hash(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

bool is_as_desired(const Json& desired, std::uint64_t hash, const std::string& known) {
  const auto live = schema::FastNode::parse(known);
  return live && is_ours(desired, *live) && !is_being_deleted(*live) && is_subset(desired, *live) &&
         text_at(*live, {"metadata", "annotations", annotations::kAppliedHash}) == applied_hash(hash);
}

Result<void> check_ours(const Kind& kind, const Key& key, const Json& desired, const Json& live) {
  const schema::JsonNode node(live);
  if (!is_ours(desired, node)) {
    Error taken{Code::kForbidden, "NameTaken",
                fmt::format("{} {} exists and belongs to something else; delete or rename it", kind.kind, key.text())};
    // Nobody tells us of others' objects, so we ask.
    taken.retry_after_seconds = 15;
    return fail(std::move(taken));
  }
  if (is_being_deleted(node))
    return fail(Code::kConflict, "BeingDeleted", fmt::format("{} {} is still being deleted", kind.kind, key.text()));
  return {};
}

Json with_hash(Json object, std::uint64_t hash) {
  object["metadata"]["annotations"][annotations::kAppliedHash] = applied_hash(hash);
  return object;
}

const Json* find_condition_json(const Json& status, const std::string& type) {
  const auto conditions = status.find("conditions");
  if (conditions == status.end() || !conditions->is_array()) return nullptr;
  for (const Json& condition : *conditions)
    if (condition.value("type", "") == type) return &condition;
  return nullptr;
}

// lastTransitionTime is when the status changed, whatever the decision said.
void keep_transition_times(Json& status, const Json& live, Time now) {
  if (!status.contains("conditions")) return;
  for (Json& condition : status["conditions"]) {
    const Json* before = find_condition_json(live, condition.value("type", ""));
    const bool same = before && before->value("status", "") == condition.value("status", "");
    if (same && before->contains("lastTransitionTime"))
      condition["lastTransitionTime"] = (*before)["lastTransitionTime"];
    else if (!condition.contains("lastTransitionTime"))
      condition["lastTransitionTime"] = format_time(now);
  }
}

void add_stalled(Json& status, const Error& error, std::int64_t generation) {
  Json& conditions = status["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  conditions.erase(std::remove_if(conditions.begin(), conditions.end(),
                                  [](const Json& c) { return c.value("type", "") == "Stalled"; }),
                   conditions.end());
  conditions.push_back({{"type", "Stalled"},
                        {"status", "True"},
                        {"observedGeneration", generation},
                        {"reason", error.reason.empty() ? "Invalid" : error.reason},
                        {"message", error.message}});
}

bool needs_a_person(const Error& error) {
  const Fate fate = fate_of(error);
  return fate == Fate::kWait || fate == Fate::kSlowly;
}

bool calls_sooner(const Error& error, const std::optional<Error>& than) {
  if (fate_of(error) == Fate::kWait) return false;
  if (!than) return true;
  if (fate_of(*than) != Fate::kSlowly) return false;
  return fate_of(error) != Fate::kSlowly || (error.retry_after_seconds && !than->retry_after_seconds);
}

}  // namespace

Result<Next> Applier::run(UntypedPlan plan) {
  const trace::Span span = trace::child("apply");
  if (const auto read = read_lost(plan); !read) return fail(read.error());
  // The first failure, for the status; and the first that calls for another try, soon if any of them does, whatever
  // else was refused for good.
  std::optional<Error> failure, retry;
  // What servers asked for at most, whichever of their errors is told.
  std::optional<double> asked_seconds;
  const auto failed = [&] {
    Error error = retry.value_or(*failure);
    error.retry_after_seconds = std::max(error.retry_after_seconds, asked_seconds);
    return fail(std::move(error));
  };
  // Whether nothing may be written after this: what came of it must be known first.
  const auto ends_run = [&](const Kind& kind, const Key& key, const Result<void>& written) {
    if (written) return false;
    if (!needs_a_person(written.error())) asked_seconds = std::max(asked_seconds, written.error().retry_after_seconds);
    const bool is_lost = kube::is_answer_lost(written.error());
    if (!failure || is_lost) failure = written.error();
    if (is_lost || calls_sooner(written.error(), retry)) retry = written.error();
    if (is_lost) notes_.note_lost(plan.owner.uid, {kind, key});
    return is_lost;
  };
  for (Child& child : plan.applies)
    if (ends_run(child.kind, child.key, apply_child(plan, child))) return failed();
  for (const Deletion& deletion : plan.deletions)
    if (ends_run(deletion.kind, deletion.key, remove(deletion))) return failed();

  const Result<void> status = write_status(plan, failure);
  ends_run(plan.kind, {plan.owner.namespace_, plan.owner.name}, status);
  if (!status) return failed();
  for (const EventNote& event : plan.events) events_.record(plan.kind, plan.owner, event);
  if (failure) return failed();
  if (plan.delete_self) {
    ends_run(plan.delete_self->kind, plan.delete_self->key, remove(*plan.delete_self));
    if (failure) return failed();
  }
  return Next{plan.requeue_after};
}

Result<Next> Applier::tell(const UntypedPlan& plan, const Error& why) {
  if (!needs_a_person(why)) return fail(why);
  if (const auto written = write_status(plan, why); !written) return fail(written.error());
  return fail(why);
}

// What this run was decided on may lack what a lost write did: read it, and have it decided again.
Result<void> Applier::read_lost(const UntypedPlan& plan) {
  const std::vector<WriteNotes::Target> lost = notes_.lost(plan.owner.uid);
  if (lost.empty()) return {};
  for (const auto& [kind, key] : lost) {
    const Result<Json> live = api_.get(kind, key);
    if (live)
      cache_.remember(kind, *live);
    else if (live.error().code != Code::kNotFound)
      return fail(live.error());
  }
  notes_.forget_lost(plan.owner.uid);
  return fail(Code::kConflict, "AnswerLost", "the answer to a write was lost; read what came of it, deciding again");
}

Result<void> Applier::apply_child(const UntypedPlan& plan, Child& child) {
  const std::uint64_t hash = structural_hash(child.object);
  const RecordPtr cached = cache_.record(child.kind, child.key);
  // Compared once for what both are now: a steady object costs no more than this.
  if (cached && cached->carries == hash) return {};
  if (cached && is_as_desired(child.object, hash, cached->text())) {
    cached->carries = hash;
    return {};
  }
  // What is refused as a change of one object may be taken as another, or as a new one.
  const std::uint64_t attempt = hash ^ (cached ? cached->content : 0);
  if (const auto outcome = notes_.settled(plan.owner.uid, plan.owner.generation, attempt)) return *outcome;
  const Wanted wanted{child.kind, child.key, with_hash(std::exchange(child.object, {}), hash), hash};
  const Result<void> written = cached ? replace_child(plan, wanted) : create_child(plan, wanted);
  if (!written && fate_of(written.error()) == Fate::kWait)
    notes_.note_settled(plan.owner.uid, plan.owner.generation, attempt, written);
  return written;
}

// What we cache may be old: the object itself says whether there is something to write.
Result<void> Applier::replace_child(const UntypedPlan& plan, const Wanted& child) {
  const Result<Json> live = api_.get(child.kind, child.key);
  if (!live && live.error().code == Code::kNotFound) return create_child(plan, child);
  if (!live) return fail(live.error());
  return update_child(plan, child, *live);
}

Result<void> Applier::create_child(const UntypedPlan& plan, const Wanted& child) {
  Result<kube::RawObject> created = api_.create(child.kind, child.object, manager_of(plan.kind));
  if (created) {
    keep_answer(plan, child, std::move(*created));
    return {};
  }
  if (created.error().code != Code::kAlreadyExists) return fail(created.error());
  const Result<Json> live = api_.get(child.kind, child.key);
  if (!live) return fail(live.error());
  return update_child(plan, child, *live);
}

Result<void> Applier::update_child(const UntypedPlan& plan, const Wanted& child, const Json& live) {
  if (const auto ours = check_ours(child.kind, child.key, child.object, live); !ours) return ours;
  cache_.remember(child.kind, live);
  if (is_subset(child.object, schema::JsonNode(live))) return {};
  const Result<void> taken_over = take_over_fields(plan, child, live);
  if (!taken_over) return taken_over;
  Json desired = child.object;
  desired["metadata"]["uid"] = text_at(schema::JsonNode(live), {"metadata", "uid"});
  Result<kube::RawObject> applied = api_.apply(child.kind, desired, manager_of(plan.kind));
  if (!applied) return fail(applied.error());
  keep_answer(plan, child, std::move(*applied));
  return {};
}

// What a mutating webhook made of it is in the answer, and would be in the next one.
void Applier::keep_answer(const UntypedPlan& plan, const Wanted& child, kube::RawObject answer) {
  const auto live = schema::FastNode::parse(answer.text);
  const bool is_ending = live && is_being_deleted(*live);
  const bool is_as_wanted = live && is_subset(child.object, *live);
  const std::uint64_t content = answer.content;
  const std::string version = answer.version;
  cache_.remember(child.kind, std::move(answer), is_as_wanted && !is_ending ? child.hash : 0);
  if (is_as_wanted || is_ending) return;
  log::warn(
      "The API server made something else of what was written, as a mutating webhook does; it is not "
      "said again within an hour",
      {{"kind", std::string(child.kind.kind)}, {"object", child.key.text()}});
  // The cache may have had this very version before, in another encoding, which hashes otherwise.
  const RecordPtr kept = cache_.record(child.kind, child.key);
  const bool is_same = kept && kept->version == version;
  notes_.note_settled(plan.owner.uid, plan.owner.generation, child.hash ^ (is_same ? kept->content : content), {});
}

// What was created by POST is owned by our manager's "Update"; apply removes only fields that its own "Apply" owned.
// So that a field that we stop setting goes away, the entry becomes an "Apply" once, before the first apply.
Result<void> Applier::take_over_fields(const UntypedPlan& plan, const Wanted& child, const Json& live) {
  const schema::JsonNode node(live);
  Json fields = live.value(Json::json_pointer("/metadata/managedFields"), Json::array());
  bool changed = false;
  for (Json& entry : fields) {
    const bool created = entry.value("manager", "") == manager_of(plan.kind) &&
                         entry.value("operation", "") == "Update" && entry.value("subresource", "").empty();
    if (!created) continue;
    entry["operation"] = "Apply";
    changed = true;
  }
  if (!changed) return {};
  const Json patch = {{"metadata",
                       {{"uid", text_at(node, {"metadata", "uid"})},
                        {"resourceVersion", text_at(node, {"metadata", "resourceVersion"})},
                        {"managedFields", fields}}}};
  const auto patched = api_.patch(child.kind, child.key, patch, manager_of(plan.kind));
  if (!patched) return fail(patched.error());
  return {};
}

Result<void> Applier::remove(const Deletion& deletion) {
  Result<std::optional<kube::RawObject>> rest =
      api_.delete_(deletion.kind, deletion.key, {deletion.uid, deletion.resource_version}, deletion.propagation);
  if (!rest) return fail(rest.error());
  if (*rest)
    cache_.remember(deletion.kind, **std::move(rest));
  else
    cache_.forget(deletion.kind, deletion.key, deletion.uid);
  return {};
}

Result<void> Applier::write_status(const UntypedPlan& plan, const std::optional<Error>& failure) {
  if (plan.keeps_status && !failure) return {};
  auto [live, status] = plan.status_change();
  if (failure) {
    // Not acted on yet, so not observed: the old number stays.
    status.erase("observedGeneration");
    if (const auto old = live.find("observedGeneration"); old != live.end()) status["observedGeneration"] = *old;
    if (needs_a_person(*failure)) add_stalled(status, *failure, plan.owner.generation);
  }
  keep_transition_times(status, live, clock_.now());
  const Json patch = merge_diff(live, status);
  if (patch.empty()) return {};
  const Key key{plan.owner.namespace_, plan.owner.name};
  Result<kube::RawObject> written =
      api_.patch_status(plan.kind, key, {plan.owner.uid, plan.owner.resource_version}, patch, manager_of(plan.kind));
  if (!written) return fail(written.error());
  cache_.remember(plan.kind, std::move(*written));
  return {};
}

}  // namespace gyre::runtime
