#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>

#include "operator/base/clock.h"
#include "operator/kube/client.h"
#include "operator/kube/watch_event.h"
#include "operator/runtime/cache.h"
#include "operator/runtime/metrics.h"

namespace gyre::runtime {

// Keeps one kind of one namespace (or of all: "") in its store: first everything, by WatchList or by a consistent
// paged list, then the watch, again and again. An object that cannot be read is logged, and taken for absent.
class Reflector {
 public:
  struct Timing {
    Duration shortest_watch = std::chrono::minutes(5);
    Duration longest_watch = std::chrono::minutes(10);
    Duration first_backoff = Duration(800);
    Duration longest_backoff = std::chrono::seconds(30);
    Duration stale_after = std::chrono::minutes(2);
    // Longest silence before everything has come: a server sends it at once.
    Duration longest_start = std::chrono::seconds(30);
  };

  Reflector(kube::Client& client, Cache::Entry& entry, std::string scope, const Clock& clock, Metrics& metrics,
            Timing timing);

  // Until `stop`.
  void run(std::stop_token stop);

  // Whether the store has held everything once.
  bool is_synced() const { return synced_; }
  // Whether the API server has not answered for so long that the store may be wrong.
  bool is_stale() const;
  // Since when the API server has said that we may not see these objects, and not answered otherwise; else nothing.
  std::optional<Time> refused_since() const;
  // Why the last attempt ended; nothing while the API server answers.
  std::optional<Error> last_error() const;
  const Kind& kind() const { return entry_.kind(); }
  const std::string& scope() const { return scope_; }

 private:
  enum class Method { kWatchList, kList };

  void run_once(std::stop_token stop);
  Result<void> start(std::stop_token stop);
  Result<void> list(std::stop_token stop);
  Result<void> watch(std::stop_token stop);
  Result<void> run_watch(kube::Request request, std::stop_token stop);
  std::optional<Error> silent_for(Duration silence) const;
  void on_frame(std::string_view frame);
  void on_event(kube::WatchEvent event);
  void on_bookmark(const kube::WatchEvent& event);
  bool is_initial() const { return staged_ != nullptr; }
  void stage(ObjectStore::Snapshot& fresh, kube::RawObject object);
  void note_unreadable(const Key& key, const Error& error);
  kube::Request request(std::string verb) const;
  void note_empty_close();
  void pause(std::stop_token stop, const Error& error);
  void mark_fresh();
  Duration random_between(Duration low, Duration high);

  kube::Client& client_;
  Cache::Entry& entry_;
  const std::string scope_;
  const Clock& clock_;
  Metrics& metrics_;
  const Timing timing_;

  // Only the reflector's own thread.
  Method method_ = Method::kWatchList;
  std::string version_;
  std::unique_ptr<ObjectStore::Snapshot> staged_;
  std::optional<Error> stream_error_;
  int events_ = 0;
  int idle_closes_ = 0;
  int unfinished_ = 0;
  int failures_ = 0;
  std::minstd_rand random_;

  std::atomic<bool> synced_ = false;
  std::atomic<std::int64_t> fresh_at_ = 0;  // Milliseconds of clock_.
  std::atomic<bool> connected_ = false;
  std::atomic<bool> sends_bookmarks_ = false;
  mutable std::mutex mutex_;
  std::optional<Error> last_error_;    // GUARDED_BY(mutex_)
  std::optional<Time> refused_since_;  // GUARDED_BY(mutex_)
  std::atomic<bool> has_error_ = false;
};

}  // namespace gyre::runtime
