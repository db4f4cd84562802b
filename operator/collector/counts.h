#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crds/builtin/config_map.h"
#include "crds/v1alpha1/drift_monitor.h"
#include "dataplane/wire/bucket.h"

namespace gyre::collector {

// Which pod sent which buckets of what.
struct Origin {
  std::string pod_uid;
  std::string model_version;
  std::string baseline_digest;
  bool operator==(const Origin&) const = default;
};

// A window that a bucket belongs to, before anything is counted in it, and the ConfigMap that keeps it.
struct Slot {
  std::shared_ptr<const DriftMonitor> monitor;
  Key key;
  wire::WindowCounts empty;
};

enum class Placement {
  kFits,
  kMisaligned,  // Reaches beyond one window: counted for a spec that has changed since.
  kExpired,     // Its window is past the monitor's retention.
};
Placement placement_of(const DriftMonitor& monitor, const wire::Bucket& bucket, Time now);

// The window that a bucket which fits belongs to.
Slot slot_for(std::shared_ptr<const DriftMonitor> monitor, const Origin& origin, const wire::Bucket& bucket);

enum class Added {
  kAdded,
  kDuplicate,  // The window has this bucket already.
  kMismatch,   // Other bins than the window's: not added.
};
struct Sum {
  wire::WindowCounts window;
  Added added = Added::kAdded;
  bool operator==(const Sum&) const = default;
};
// The window with the bucket in it. A pod's buckets must come in order of sequence; one again changes nothing.
Sum add(wire::WindowCounts window, const std::string& pod_uid, const wire::Bucket& bucket);

// A window as it is kept: owned by its monitor, labelled with it.
ConfigMap make_window(const DriftMonitor& monitor, const std::string& name, const wire::WindowCounts& window);

}  // namespace gyre::collector
