#pragma once

#include "dataplane/wire/bucket.h"
#include "dataplane/wire/sync.h"
#include "operator/base/clock.h"
#include "operator/base/result.h"

namespace gyre::collector {

// A clock on another node may be ahead by so much.
inline constexpr Duration kClockSkew = std::chrono::minutes(5);
inline constexpr std::size_t kMostBuckets = 1024;

// What a message must hold beyond its types. kInvalid: "<field>: <what to send instead>".
Result<void> check(const wire::SyncRequest& request);
Result<void> check(const wire::BucketsRequest& request, Time now);

}  // namespace gyre::collector
