#pragma once

// What an agent says about once a second, and what it is told: POST /v1/sync on the collector, over TLS, with the
// pod's projected token. The operator answers at once when its routes are newer than `generation`, else after
// `waitMilliseconds`. All counters are cumulative since the agent started, so that a lost call loses nothing.

#include "dataplane/wire/routes.h"

namespace gyre::wire {

inline constexpr char kSyncPath[] = "/v1/sync";

// A bin of stats::LatencyHistogram and its count.
struct LatencyBin {
  std::int32_t bin = 0;
  std::int64_t count = 0;
  bool operator==(const LatencyBin&) const = default;
};

constexpr auto describe(Type<LatencyBin>) {
  using namespace schema;
  return object("A latency bin.", field("bin", &LatencyBin::bin, "", required),
                field("count", &LatencyBin::count, "", required));
}

// What this pod answered itself.
struct ServedCounters {
  std::int64_t requests = 0;
  std::int64_t errors = 0;  // Answers of 500 and above, and answers that never came.
  std::vector<LatencyBin> latency;
  bool operator==(const ServedCounters&) const = default;
};

constexpr auto describe(Type<ServedCounters>) {
  using namespace schema;
  using S = ServedCounters;
  return object("What a pod answered itself.", field("requests", &S::requests, ""), field("errors", &S::errors, ""),
                field("latency", &S::latency, ""));
}

// What this pod sent on to a canary. Errors are counted here, at the source: a connect failure is one.
struct ForwardedCounters {
  std::string revision;
  std::int64_t requests = 0;
  std::int64_t errors = 0;
  std::int64_t connect_failures = 0;  // Part of errors; the request was then served by stable.
  bool operator==(const ForwardedCounters&) const = default;
};

constexpr auto describe(Type<ForwardedCounters>) {
  using namespace schema;
  using S = ForwardedCounters;
  return object("What a pod sent on.", field("revision", &S::revision, "", required),
                field("requests", &S::requests, ""), field("errors", &S::errors, ""),
                field("connectFailures", &S::connect_failures, ""));
}

struct SyncRequest {
  std::string service;          // InferenceService in the pod's namespace
  std::string revision;         // The agent's own
  std::int64_t generation = 0;  // Routes that it runs; this acknowledges them.
  std::int64_t wait_milliseconds = 1000;
  std::int64_t idle_milliseconds = 0;  // Since the last request of a client.
  ServedCounters served;
  std::vector<ForwardedCounters> forwarded;
  bool operator==(const SyncRequest&) const = default;
};

constexpr auto describe(Type<SyncRequest>) {
  using namespace schema;
  using S = SyncRequest;
  return object("An agent's report.", field("service", &S::service, "", required),
                field("revision", &S::revision, "", required), field("generation", &S::generation, ""),
                field("waitMilliseconds", &S::wait_milliseconds, ""),
                field("idleMilliseconds", &S::idle_milliseconds, ""), field("served", &S::served, ""),
                field("forwarded", &S::forwarded, ""));
}

struct SyncResponse {
  std::optional<Routes> routes;     // Only when newer than what the agent runs.
  std::int64_t bucket_seconds = 0;  // Length of profile buckets; 0 means that nobody wants profiles.
  bool operator==(const SyncResponse&) const = default;
};

constexpr auto describe(Type<SyncResponse>) {
  using namespace schema;
  using S = SyncResponse;
  return object("What an agent is told.", field("routes", &S::routes, ""),
                field("bucketSeconds", &S::bucket_seconds, ""));
}

}  // namespace gyre::wire
