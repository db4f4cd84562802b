#pragma once

// Counting rows into the baseline's frozen bins.

#include <string_view>
#include <variant>
#include <vector>

#include "dataplane/protocol/protocol.h"
#include "dataplane/stats/histogram.h"
#include "dataplane/wire/baseline.h"
#include "dataplane/wire/bucket.h"

namespace gyre::agent {

// A baseline's features (or predictions): their names and bins, and counts of what was seen since the last take.
class ProfileCounts {
 public:
  // kInvalid names the profile whose bins are none.
  static Result<ProfileCounts> make(const std::vector<wire::Profile>& profiles);

  const protocol::Names& names() const { return names_; }
  void count(const std::vector<protocol::Row>& rows);
  // The counts, which start from zero again.
  std::vector<wire::FeatureCounts> take();

 private:
  using Layout = std::variant<stats::Bins, stats::Categories>;
  ProfileCounts() = default;

  protocol::Names names_;
  std::vector<Layout> layouts_;
  std::vector<std::vector<std::int64_t>> counts_;
};

// baseline.json from its bytes. An empty `digest` accepts any bytes, otherwise they must have it (kMismatch).
Result<wire::Baseline> parse_baseline(std::string_view bytes, std::string_view digest);

}  // namespace gyre::agent
