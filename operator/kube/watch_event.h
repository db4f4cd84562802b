#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crds/meta/kind.h"
#include "operator/base/result.h"
#include "operator/kube/raw_object.h"

namespace gyre::kube {

enum class FrameType { kAdded, kModified, kDeleted, kBookmark };

// One frame of a watch.
struct WatchEvent {
  FrameType type = FrameType::kAdded;
  RawObject object;
  bool ends_initial_events = false;  // A bookmark that says so.
};

// One page of a list.
struct ListPage {
  std::vector<RawObject> items;
  std::string version;
  std::string next;  // Empty: the last one.
};

// Whether somebody has the object at this very version.
using IsKnown = std::function<bool(const Key& key, std::string_view version)>;

// The one place where watch bytes become values. A frame is a line of JSON, or a metav1.WatchEvent in protocol buffers;
// an object may be either, too. An ERROR frame is returned as its error (410 → kGone). An added or modified object that
// is known, if anybody says so, comes without its text, and so may a deleted one and a bookmark.
Result<WatchEvent> parse_watch_event(std::string_view frame, const IsKnown& is_known = {});
Result<ListPage> parse_list(std::string_view text);
// An object alone, as the answer to a write.
Result<RawObject> parse_object(std::string_view text);

}  // namespace gyre::kube
