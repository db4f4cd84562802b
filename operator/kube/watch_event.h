#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "operator/base/result.h"

namespace gyre::kube {

enum class FrameType { kAdded, kModified, kDeleted, kBookmark };

// One frame of a watch.
struct WatchEvent {
  FrameType type = FrameType::kAdded;
  nlohmann::json object;
};

// The one place where watch bytes become values. An ERROR frame is returned as its error (410 → kGone).
Result<WatchEvent> parse_watch_event(std::string_view line);

// Removes what no controller reads and what is large: managedFields and kubectl's last-applied annotation.
void trim_metadata(nlohmann::json& object);

}  // namespace gyre::kube
