#include "operator/collector/checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace gyre::collector {
namespace {

Result<void> refuse(std::string_view field, std::string_view what) {
  return fail(Code::kInvalid, "InvalidField", fmt::format("{}: {}", field, what));
}

Result<void> check_name(std::string_view field, const std::string& name) {
  if (!name.empty() && name.size() <= 253) return {};
  return refuse(field, "must be a name of 1 to 253 characters");
}

Result<void> check_counts(const std::string& field, const std::vector<wire::FeatureCounts>& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (std::ranges::any_of(counts[i].counts, [](std::int64_t count) { return count < 0; }))
      return refuse(fmt::format("{}[{}].counts", field, i), "must not be negative");
  return {};
}

Result<void> check_bucket(const std::string& field, const wire::Bucket& bucket, Time now) {
  if (bucket.sequence < 1) return refuse(field + ".sequence", "must be at least 1");
  if (bucket.seconds < 1 || bucket.seconds > 86400) return refuse(field + ".seconds", "must be between 1 and 86400");
  if (bucket.start < 0 || bucket.start % bucket.seconds != 0)
    return refuse(field + ".start", "must be a multiple of seconds");
  const std::int64_t latest =
      std::chrono::duration_cast<std::chrono::seconds>((now + kClockSkew).time_since_epoch()).count();
  if (bucket.start > latest) return refuse(field + ".start", "lies in the future; set the node's clock");
  if (bucket.rows < 0) return refuse(field + ".rows", "must not be negative");
  if (auto ok = check_counts(field + ".features", bucket.features); !ok) return ok;
  return check_counts(field + ".predictions", bucket.predictions);
}

}  // namespace

Result<void> check(const wire::SyncRequest& request) {
  if (auto ok = check_name("service", request.service); !ok) return ok;
  if (auto ok = check_name("revision", request.revision); !ok) return ok;
  if (request.wait_milliseconds < 0) return refuse("waitMilliseconds", "must not be negative");
  return {};
}

Result<void> check(const wire::BucketsRequest& request, Time now) {
  if (auto ok = check_name("service", request.service); !ok) return ok;
  if (auto ok = check_name("modelVersion", request.model_version); !ok) return ok;
  if (!request.baseline_digest.starts_with("sha256:"))
    return refuse("baselineDigest", "must be sha256:<64 hex digits>, of the baseline that was counted into");
  if (request.buckets.size() > kMostBuckets)
    return refuse("buckets", fmt::format("must be at most {}; send the rest afterwards", kMostBuckets));
  for (std::size_t i = 0; i < request.buckets.size(); ++i)
    if (auto ok = check_bucket(fmt::format("buckets[{}]", i), request.buckets[i], now); !ok) return ok;
  return {};
}

}  // namespace gyre::collector
