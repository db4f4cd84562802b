#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "operator/collector/counts.h"

namespace gyre::collector {

using namespace std::chrono_literals;

inline const Time kNow = *parse_time("2026-03-01T12:00:00Z");
inline constexpr std::int64_t kHour = 1772366400;  // 2026-03-01T12:00:00Z
inline const Key kService{"ml", "churn"};
inline const std::string kDigest = "sha256:" + std::string(64, 'b');

inline std::shared_ptr<DriftMonitor> monitor(std::string name = "watch", Duration duration = 60s) {
  auto out = std::make_shared<DriftMonitor>();
  out->metadata = {.name = name, .namespace_ = "ml", .uid = "uid-of-" + name};
  out->spec.target_ref.name = "churn";
  out->spec.window.duration = duration;
  out->spec.window.bucket = 10s;
  out->spec.window.retention = 1h;
  return out;
}

// Ten seconds, `offset` after noon: three rows in bins {1, 2}.
inline wire::Bucket bucket(std::int64_t sequence, std::int64_t offset = 0) {
  return {sequence, kHour + offset, 10, 3, {{"age", {1, 2}}}, {{"class", {3, 0}}}};
}

inline wire::BucketsRequest delivery(std::vector<wire::Bucket> buckets) {
  return {"churn", "12345678", "churn-1", kDigest, std::move(buckets)};
}

inline nlohmann::json review_status(const std::string& namespace_, const std::string& pod) {
  return {{"authenticated", true},
          {"audiences", {"gyre.dev"}},
          {"user",
           {{"username", "system:serviceaccount:" + namespace_ + ":default"},
            {"extra",
             {{"authentication.kubernetes.io/pod-name", {pod}},
              {"authentication.kubernetes.io/pod-uid", {"uid-" + pod}}}}}}};
}

}  // namespace gyre::collector
