#pragma once

// Who answers: the operator's word to the agents of one InferenceService.

#include "crds/schema/codec.h"
#include "crds/schema/traits.h"

namespace gyre::wire {

// Key of the routes ConfigMap, and the file it is mounted as.
inline constexpr char kRoutesKey[] = "routes.json";

// Request headers between agents, and from people.
inline constexpr char kHopHeader[] = "x-gyre-hop";            // Set on a forwarded request: never forward it again.
inline constexpr char kPinHeader[] = "x-gyre-pin";            // "stable": do not route to a canary, and do not profile.
inline constexpr char kRevisionHeader[] = "x-gyre-revision";  // On answers: the revision that answered.
inline constexpr char kRefusedHeader[] = "x-gyre-refused";    // On a 503: not this revision's traffic any more.

struct RouteTarget {
  std::string revision;
  std::string host;  // host:port of the revision's Service
  bool operator==(const RouteTarget&) const = default;
};

constexpr auto describe(Type<RouteTarget>) {
  using namespace schema;
  return object("A revision and where it is reached.", field("revision", &RouteTarget::revision, "", required),
                field("host", &RouteTarget::host, "", required));
}

// A stable agent sends `weight` percent of what clients send it to the canary and serves the rest; a canary agent
// serves what is forwarded while it is the canary and refuses it (kRefusedHeader) when it is not; an agent of neither
// revision serves what still reaches it and answers `Connection: close`.
struct Routes {
  std::int64_t generation = 0;
  RouteTarget stable;
  std::optional<RouteTarget> canary;
  std::int32_t weight = 0;
  bool operator==(const Routes&) const = default;
};

constexpr auto describe(Type<Routes>) {
  using namespace schema;
  using S = Routes;
  return object("Who answers.", field("generation", &S::generation, "", required),
                field("stable", &S::stable, "", required), field("canary", &S::canary, ""),
                field("weight", &S::weight, ""));
}

}  // namespace gyre::wire
