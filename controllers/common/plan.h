#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "crds/meta/kind.h"
#include "crds/meta/meta.h"
#include "crds/schema/codec.h"
#include "operator/base/clock.h"

namespace gyre {

// One child object as we want it: only the fields that we own.
struct Child {
  Kind kind;
  Key key;
  nlohmann::json object;
  bool operator==(const Child&) const = default;
};

template <class T>
Child child(T object) {
  Key key = key_of(object);
  return {kind_of(Type<T>{}), std::move(key), schema::into_json(std::move(object))};
}

enum class Propagation { kBackground, kForeground, kOrphan };

// A deletion of just the object that was seen: UID and resourceVersion are preconditions.
struct Deletion {
  Kind kind;
  Key key;
  std::string uid;
  std::string resource_version;
  Propagation propagation = Propagation::kBackground;
  bool operator==(const Deletion&) const = default;
};

template <class T>
Deletion deletion(const T& object) {
  return {kind_of(Type<T>{}), key_of(object), object.metadata.uid, object.metadata.resource_version,
          Propagation::kBackground};
}

enum class EventType { kNormal, kWarning };

// An events.k8s.io/v1 Event about the object that is reconciled.
struct EventNote {
  EventType type = EventType::kNormal;
  std::string reason;  // CamelCase
  std::string action;  // What was being done, CamelCase
  std::string note;    // For a person: what happened, and what to do next.
  bool operator==(const EventNote&) const = default;
};

// What a reconcile wants of the world. Applied in order: objects, deletions, one status write, then events.
template <class Status>
struct Plan {
  std::vector<Child> applies;
  std::vector<Deletion> deletions;
  Status status;
  std::vector<EventNote> events;
  // Look again after so long even if nothing happens.
  std::optional<Duration> requeue_after;
  // Deletes the reconciled object itself, as the last act (a TTL that has passed).
  std::optional<Deletion> delete_self;
  bool operator==(const Plan&) const = default;
};

// The plan with a look after so long, or earlier if it wants one earlier; never in a busy loop, which the fraction of a
// millisecond that is left of a due time would make.
template <class Status>
Plan<Status> look_again(Plan<Status> plan, Duration after) {
  after = std::max<Duration>(after, std::chrono::milliseconds(100));
  plan.requeue_after = std::min(plan.requeue_after.value_or(after), after);
  return plan;
}

}  // namespace gyre
