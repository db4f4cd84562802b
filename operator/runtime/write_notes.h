#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crds/meta/kind.h"
#include "operator/base/clock.h"
#include "operator/base/result.h"

namespace gyre::runtime {

// An owner that is gone leaves its note; and what refused an object, as a policy, may have changed.
inline constexpr Duration kNotesStand = std::chrono::hours(1);

// What the Applier must not forget between two runs for one owner, known by its UID: writes whose answers were lost,
// and those that are not worth another try. Kept for kNotesStand; nothing is kept of an owner whose writes go well.
// Thread-safe.
class WriteNotes {
 public:
  struct Target {
    Kind kind;
    Key key;
  };

  explicit WriteNotes(const Clock& clock) : clock_(clock) {}

  void note_lost(const std::string& owner, Target target);
  std::vector<Target> lost(const std::string& owner) const;
  void forget_lost(const std::string& owner);

  // What the server refused for good, or took and made something else of. `what` tells the write from others.
  void note_settled(const std::string& owner, std::int64_t generation, std::uint64_t what, Result<void> outcome);
  // What came of the same write for the same generation of its owner.
  std::optional<Result<void>> settled(const std::string& owner, std::int64_t generation, std::uint64_t what) const;

 private:
  struct Note {
    Time at{};
    std::vector<Target> lost;
    std::int64_t generation = 0;
    std::map<std::uint64_t, Result<void>> settled;
  };
  Note& note_of(const std::string& owner);

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Note> notes_;  // GUARDED_BY(mutex_)
  Time swept_{};                       // GUARDED_BY(mutex_)
};

}  // namespace gyre::runtime
