#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "dataplane/wire/bucket.h"
#include "operator/base/clock.h"
#include "operator/base/result.h"

namespace gyre::agent {

// Closed buckets until they are acknowledged: a file each in a folder that outlives the container, so that a killed
// agent finds them, and its next sequence number, again. Any thread.
class BucketStore {
 public:
  // More pending buckets than this: the oldest are given up.
  static constexpr std::size_t kMostPending = 4096;

  // Reads what an earlier container left. Files that are no buckets are ignored.
  static Result<std::unique_ptr<BucketStore>> open(const std::string& folder);

  // Numbers the bucket and writes it. How many old ones were given up for it.
  Result<std::size_t> add(wire::Bucket bucket);
  // The oldest buckets.
  std::vector<wire::Bucket> pending(std::size_t most) const;
  std::size_t size() const;
  void acknowledge(const std::vector<std::int64_t>& sequences);
  // Returns when a bucket is pending, at a stop, or after `most`.
  void wait(std::stop_token stop, Duration most);

 private:
  explicit BucketStore(std::string folder) : folder_(std::move(folder)) {}
  std::string file_of(std::int64_t sequence) const;
  void load();
  void remove(std::int64_t sequence);

  const std::string folder_;
  mutable std::mutex mutex_;
  std::condition_variable_any added_;
  std::int64_t next_ = 1;                         // GUARDED_BY(mutex_)
  std::map<std::int64_t, wire::Bucket> buckets_;  // GUARDED_BY(mutex_)
};

}  // namespace gyre::agent
