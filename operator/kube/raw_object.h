#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "crds/meta/kind.h"

namespace gyre::kube {

// An object as the API server sent it: what a cache must know at once, and the object's JSON without what no
// controller reads and what is large (managedFields, kubectl's last-applied annotation).
struct RawObject {
  Key key;
  std::string version;
  std::string text;
  // Of the text without the status and the versions: the same while only others' reports change, and the object comes
  // in the same encoding.
  std::uint64_t content = 0;
};

inline constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
// On the bookmark that ends a WatchList's initial events.
inline constexpr std::string_view kInitialEventsEnd = "k8s.io/initial-events-end";

// A hash of an object's content that takes one piece of it after the other.
class ContentHash {
 public:
  void add(std::string_view piece) { value_ = (value_ ^ std::hash<std::string_view>{}(piece)) * 0x9E3779B97F4A7C15u; }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

}  // namespace gyre::kube
