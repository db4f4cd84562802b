#include "dataplane/agent/bucket_store.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "dataplane/agent/files.h"

namespace gyre::agent {
namespace {

constexpr char kSequenceFile[] = "sequence";
constexpr char kPrefix[] = "bucket-";

std::int64_t to_sequence(const std::string& text) { return std::atoll(text.c_str()); }

}  // namespace

Result<std::unique_ptr<BucketStore>> BucketStore::open(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return fail(Code::kUnavailable, "NoFolder", "cannot make the bucket folder " + folder + ": " + error.message());
  std::unique_ptr<BucketStore> store(new BucketStore(folder));
  store->load();
  return store;
}

std::string BucketStore::file_of(std::int64_t sequence) const {
  return folder_ + "/" + kPrefix + std::to_string(sequence) + ".json";
}

void BucketStore::load() {
  if (const Result<std::string> text = read_file(folder_ + "/" + kSequenceFile); text)
    next_ = std::max(next_, to_sequence(*text));
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kPrefix) || !name.ends_with(".json")) continue;
    const Result<std::string> text = read_file(entry.path());
    const nlohmann::json document = nlohmann::json::parse(text.value_or(""), nullptr, false);
    if (document.is_discarded()) continue;
    Result<wire::Bucket> bucket = schema::from_json<wire::Bucket>(document);
    if (!bucket) continue;
    next_ = std::max(next_, bucket->sequence + 1);
    const std::int64_t sequence = bucket->sequence;
    buckets_.emplace(sequence, *std::move(bucket));
  }
}

Result<std::size_t> BucketStore::add(wire::Bucket bucket) {
  const std::lock_guard lock(mutex_);
  bucket.sequence = next_;
  // The number is spent before the bucket exists, so that no two buckets ever share one.
  if (Result<> spent = replace_file(folder_ + "/" + kSequenceFile, std::to_string(next_ + 1)); !spent)
    return fail(std::move(spent).error());
  ++next_;
  if (Result<> written = replace_file(file_of(bucket.sequence), schema::to_json(bucket).dump()); !written)
    return fail(std::move(written).error());
  const std::int64_t sequence = bucket.sequence;
  buckets_.emplace(sequence, std::move(bucket));
  std::size_t lost = 0;
  for (; buckets_.size() > kMostPending; ++lost) remove(buckets_.begin()->first);
  added_.notify_all();
  return lost;
}

std::vector<wire::Bucket> BucketStore::pending(std::size_t most) const {
  const std::lock_guard lock(mutex_);
  std::vector<wire::Bucket> oldest;
  for (const auto& [sequence, bucket] : buckets_) {
    if (oldest.size() == most) break;
    oldest.push_back(bucket);
  }
  return oldest;
}

std::size_t BucketStore::size() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

void BucketStore::acknowledge(const std::vector<std::int64_t>& sequences) {
  const std::lock_guard lock(mutex_);
  for (const std::int64_t sequence : sequences) remove(sequence);
}

void BucketStore::remove(std::int64_t sequence) {
  std::error_code ignored;  // A file that stays is sent again, and acknowledged again.
  std::filesystem::remove(file_of(sequence), ignored);
  buckets_.erase(sequence);
}

void BucketStore::wait(std::stop_token stop, Duration most) {
  std::unique_lock lock(mutex_);
  added_.wait_for(lock, stop, most, [this] { return !buckets_.empty(); });
}

}  // namespace gyre::agent
