#pragma once

#include "crds/builtin/common.h"

namespace gyre {

struct LeaseSpec {
  std::string holder_identity;
  std::int32_t lease_duration_seconds = 0;
  std::string acquire_time;  // metav1.MicroTime
  std::string renew_time;    // metav1.MicroTime
  std::int32_t lease_transitions = 0;
  bool operator==(const LeaseSpec&) const = default;
};

constexpr auto describe(Type<LeaseSpec>) {
  using namespace schema;
  using S = LeaseSpec;
  return object("Who holds a lease.", field("holderIdentity", &S::holder_identity, "", required),
                field("leaseDurationSeconds", &S::lease_duration_seconds, ""),
                field("acquireTime", &S::acquire_time, ""), field("renewTime", &S::renew_time, ""),
                field("leaseTransitions", &S::lease_transitions, ""));
}

struct Lease {
  ObjectMeta metadata;
  LeaseSpec spec;
  bool operator==(const Lease&) const = default;
};

constexpr auto describe(Type<Lease>) {
  using namespace schema;
  return object("A coordination.k8s.io/v1 Lease.", field("metadata", &Lease::metadata, ""),
                field("spec", &Lease::spec, "", required));
}

constexpr Kind kind_of(Type<Lease>) { return {"coordination.k8s.io", "v1", "Lease", "leases"}; }

}  // namespace gyre
