#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crds/meta/kind.h"
#include "crds/schema/describe.h"
#include "operator/base/clock.h"

namespace gyre {

struct OwnerReference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
  std::optional<bool> controller;
  std::optional<bool> block_owner_deletion;
  bool operator==(const OwnerReference&) const = default;
};

constexpr auto describe(Type<OwnerReference>) {
  using namespace schema;
  using S = OwnerReference;
  return object(
      "The object this one belongs to.", field("apiVersion", &S::api_version, "Owner's apiVersion.", required),
      field("kind", &S::kind, "Owner's kind.", required), field("name", &S::name, "Owner's name.", required),
      field("uid", &S::uid, "Owner's UID.", required),
      field("controller", &S::controller, "Whether the owner manages this object."),
      field("blockOwnerDeletion", &S::block_owner_deletion, "Whether foreground deletion waits for this object."));
}

// The metadata that we read or write; managedFields and the like are not kept.
struct ObjectMeta {
  std::string name;
  std::string namespace_;
  std::string uid;
  std::string resource_version;
  std::int64_t generation = 0;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::vector<OwnerReference> owner_references;
  std::vector<std::string> finalizers;
  std::optional<Time> creation_timestamp;
  std::optional<Time> deletion_timestamp;
  bool operator==(const ObjectMeta&) const = default;
};

constexpr auto describe(Type<ObjectMeta>) {
  using namespace schema;
  using S = ObjectMeta;
  return object("Standard object metadata.", field("name", &S::name, "Name within the namespace."),
                field("namespace", &S::namespace_, "Namespace."), field("uid", &S::uid, "Unique in time and space."),
                field("resourceVersion", &S::resource_version, "Version of the stored object."),
                field("generation", &S::generation, "Counts changes of the spec."),
                field("labels", &S::labels, "Labels."), field("annotations", &S::annotations, "Annotations."),
                field("ownerReferences", &S::owner_references, "Owners."),
                field("finalizers", &S::finalizers, "Finalizers."),
                field("creationTimestamp", &S::creation_timestamp, "When it was created."),
                field("deletionTimestamp", &S::deletion_timestamp, "When its deletion was asked for."));
}

template <class T>
Key key_of(const T& object) {
  return {object.metadata.namespace_, object.metadata.name};
}

// The owner that manages the object, if any.
const OwnerReference* controller_of(const ObjectMeta& meta);

enum class ConditionStatus { kTrue, kFalse, kUnknown };

constexpr auto describe(Type<ConditionStatus>) {
  using namespace schema;
  return enumeration("Whether the condition holds.", value("True", ConditionStatus::kTrue),
                     value("False", ConditionStatus::kFalse), value("Unknown", ConditionStatus::kUnknown));
}

// As metav1.Condition.
struct Condition {
  std::string type;
  ConditionStatus status = ConditionStatus::kUnknown;
  std::int64_t observed_generation = 0;
  std::optional<Time> last_transition_time;
  std::string reason;
  std::string message;
  bool operator==(const Condition&) const = default;
};

constexpr auto describe(Type<Condition>) {
  using namespace schema;
  using S = Condition;
  return object("One aspect of the object's state.", field("type", &S::type, "Aspect.", required),
                field("status", &S::status, "Whether it holds.", required),
                field("observedGeneration", &S::observed_generation, "Generation this was said of."),
                field("lastTransitionTime", &S::last_transition_time, "When status last changed."),
                field("reason", &S::reason, "Cause, in one CamelCase word.", required),
                field("message", &S::message, "What a person should know, and do next."));
}

}  // namespace gyre
