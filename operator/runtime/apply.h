#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "controllers/common/plan.h"
#include "operator/runtime/api.h"
#include "operator/runtime/cache.h"
#include "operator/runtime/events.h"
#include "operator/runtime/reconciler.h"
#include "operator/runtime/write_notes.h"

namespace gyre::runtime {

struct StatusChange {
  nlohmann::json live;
  nlohmann::json planned;
};

// A plan without its types: what `Applier::run` carries out.
struct UntypedPlan {
  Kind kind;
  const ObjectMeta& owner;
  std::vector<Child> applies;
  const std::vector<Deletion>& deletions;
  const std::vector<EventNote>& events;
  bool keeps_status;
  std::function<StatusChange()> status_change;  // Made only when it is asked for.
  std::optional<Duration> requeue_after;
  const std::optional<Deletion>& delete_self;
};

// Carries plans out: objects, deletions, one status write, then events. Writes only what differs from the cache, and
// puts every answer in the cache, so that the next reconcile of the key sees it. A write whose answer was lost ends the
// run, and the owner's next run reads what came of it before it writes anything. What the server refused for good, or
// a mutating webhook made something else of, is not sent again for an hour, unless the owner or the object changes.
// Thread-safe.
class Applier {
 public:
  Applier(Api& api, Cache& cache, EventRecorder& events, const Clock& clock)
      : api_(api), cache_(cache), events_(events), clock_(clock), notes_(clock) {}

  // An object that fails leaves the rest of the plan to run and the status to be written, but without
  // observedGeneration and, when only a person can help, with the condition Stalled.
  Result<Next> run(UntypedPlan plan);
  // Only tells the owner, by the same rule, why nothing could be planned for it. Answers that error.
  Result<Next> tell(const UntypedPlan& plan, const Error& why);

 private:
  // A child that is not yet as it should be.
  struct Wanted {
    Kind kind;
    const Key& key;
    nlohmann::json object;  // With its applied hash.
    std::uint64_t hash;     // structural_hash of the object as planned.
  };

  Result<void> read_lost(const UntypedPlan& plan);
  // Takes the object out of `child`.
  Result<void> apply_child(const UntypedPlan& plan, Child& child);
  Result<void> replace_child(const UntypedPlan& plan, const Wanted& child);
  Result<void> create_child(const UntypedPlan& plan, const Wanted& child);
  Result<void> update_child(const UntypedPlan& plan, const Wanted& child, const nlohmann::json& live);
  void keep_answer(const UntypedPlan& plan, const Wanted& child, kube::RawObject answer);
  Result<void> take_over_fields(const UntypedPlan& plan, const Wanted& child, const nlohmann::json& live);
  Result<void> remove(const Deletion& deletion);
  Result<void> write_status(const UntypedPlan& plan, const std::optional<Error>& failure);

  Api& api_;
  Cache& cache_;
  EventRecorder& events_;
  const Clock& clock_;
  WriteNotes notes_;
};

// A status that nobody wrote yet has not even the fields that are required of one.
template <class Status>
nlohmann::json status_json(const Status& status) {
  return status == Status{} ? nlohmann::json::object() : schema::to_json(status);
}

// The last act of a reconcile: `return apply(applier_, *seen.training_job, decide(seen));`
template <class T, class Status>
Result<Next> apply(Applier& applier, const T& owner, Plan<Status> plan) {
  const auto status_change = [&] { return StatusChange{status_json(owner.status), status_json(plan.status)}; };
  return applier.run({kind_of(Type<T>{}), owner.metadata, std::move(plan.applies), plan.deletions, plan.events,
                      plan.status == owner.status, status_change, plan.requeue_after, plan.delete_self});
}

// In place of `apply`, when what a decision needs could not be read.
template <class T>
Result<Next> tell(Applier& applier, const T& owner, const Error& why) {
  const Plan<std::remove_cvref_t<decltype(owner.status)>> plan{.status = owner.status};
  const auto status_change = [&] { return StatusChange{status_json(owner.status), status_json(owner.status)}; };
  return applier.tell({kind_of(Type<T>{}),
                       owner.metadata,
                       {},
                       plan.deletions,
                       plan.events,
                       true,
                       status_change,
                       std::nullopt,
                       plan.delete_self},
                      why);
}

}  // namespace gyre::runtime
