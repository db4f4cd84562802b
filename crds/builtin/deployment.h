#pragma once

#include "crds/builtin/common.h"

namespace gyre {

struct LabelSelector {
  std::map<std::string, std::string> match_labels;
  bool operator==(const LabelSelector&) const = default;
};

constexpr auto describe(Type<LabelSelector>) {
  using namespace schema;
  return object("Labels that must match.", field("matchLabels", &LabelSelector::match_labels, ""));
}

struct DeploymentSpec {
  std::optional<std::int32_t> replicas;
  std::optional<std::int32_t> progress_deadline_seconds;
  std::optional<std::int32_t> revision_history_limit;
  LabelSelector selector;
  Raw strategy;
  Raw template_;
  bool operator==(const DeploymentSpec&) const = default;
};

constexpr auto describe(Type<DeploymentSpec>) {
  using namespace schema;
  using S = DeploymentSpec;
  return object("What a Deployment runs.", field("replicas", &S::replicas, ""),
                field("progressDeadlineSeconds", &S::progress_deadline_seconds, ""),
                field("revisionHistoryLimit", &S::revision_history_limit, ""), field("selector", &S::selector, ""),
                field("strategy", &S::strategy, "", set_only), field("template", &S::template_, "", set_only));
}

struct DeploymentStatus {
  std::int64_t observed_generation = 0;
  std::int32_t replicas = 0;
  std::int32_t updated_replicas = 0;
  std::int32_t ready_replicas = 0;
  std::int32_t available_replicas = 0;
  std::vector<ChildCondition> conditions;
  bool operator==(const DeploymentStatus&) const = default;
};

constexpr auto describe(Type<DeploymentStatus>) {
  using namespace schema;
  using S = DeploymentStatus;
  return object("What has become of a Deployment.", field("observedGeneration", &S::observed_generation, ""),
                field("replicas", &S::replicas, ""), field("updatedReplicas", &S::updated_replicas, ""),
                field("readyReplicas", &S::ready_replicas, ""), field("availableReplicas", &S::available_replicas, ""),
                field("conditions", &S::conditions, ""));
}

struct Deployment {
  ObjectMeta metadata;
  DeploymentSpec spec;
  DeploymentStatus status;
  bool operator==(const Deployment&) const = default;
};

constexpr auto describe(Type<Deployment>) {
  using namespace schema;
  return object("An apps/v1 Deployment.", field("metadata", &Deployment::metadata, ""),
                field("spec", &Deployment::spec, ""), field("status", &Deployment::status, ""));
}

constexpr Kind kind_of(Type<Deployment>) { return {"apps", "v1", "Deployment", "deployments"}; }

// Keeps a revision's whole rendered pod; immutable once made.
struct ControllerRevision {
  ObjectMeta metadata;
  Raw data;
  std::int64_t revision = 0;
  bool operator==(const ControllerRevision&) const = default;
};

constexpr auto describe(Type<ControllerRevision>) {
  using namespace schema;
  using S = ControllerRevision;
  return object("An apps/v1 ControllerRevision.", field("metadata", &S::metadata, ""), field("data", &S::data, ""),
                field("revision", &S::revision, "", required));
}

constexpr Kind kind_of(Type<ControllerRevision>) { return {"apps", "v1", "ControllerRevision", "controllerrevisions"}; }

}  // namespace gyre
