#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crds/meta/meta.h"
#include "operator/runtime/metrics.h"
#include "operator/runtime/store.h"

namespace gyre::metrics {

// How many objects of each kind are in which phase, and which conditions they have. Counted as changes come, a few
// bytes an object, so that a scrape costs the same however many there are. Thread-safe.
class ObjectTally {
 public:
  // Once for each kind, before the store's first change; must outlive its changes.
  template <class T>
  void follow(runtime::ObjectStore& store) {
    using Phase = decltype(T{}.status.phase);
    Counts& counts = kinds_[std::string(kind_of(Type<T>{}).kind)];
    for (const auto& each : describe(Type<Phase>{}).values) counts.phases.emplace_back(each.name);
    store.subscribe([this, &counts](const runtime::Change& change) {
      const auto object = change.after().template as<T>();
      if (!object) return remove(counts, change.key());
      put(counts, change.key(), {schema::enum_name(object->status.phase), object->status.conditions});
    });
  }

  // {kind, phase}: every phase that there is, zeros too.
  std::vector<runtime::Sample> phases() const;
  // {kind, type, status, reason}: those that some object has.
  std::vector<runtime::Sample> conditions() const;

 private:
  struct Stated {
    std::string type;
    ConditionStatus status;
    std::string reason;
    auto operator<=>(const Stated&) const = default;
  };
  // What is told of one object. Most objects of a kind have one of a few.
  struct Standing {
    Standing(std::string_view phase, const std::vector<Condition>& conditions);
    std::string phase;
    std::vector<Stated> conditions;
    auto operator<=>(const Standing&) const = default;
  };
  using Standings = std::map<Standing, std::size_t>;
  struct Counts {
    std::vector<std::string> phases;
    Standings standings;
    // By hash: two of 64 bits that are the same do not happen.
    std::unordered_map<std::uint64_t, Standings::iterator> objects;
  };

  void put(Counts& counts, const Key& key, Standing standing);
  void remove(Counts& counts, const Key& key);
  static void let_go(Counts& counts, Standings::iterator standing);

  mutable std::mutex mutex_;
  std::map<std::string, Counts> kinds_;  // GUARDED_BY(mutex_) once every kind is followed
};

}  // namespace gyre::metrics
