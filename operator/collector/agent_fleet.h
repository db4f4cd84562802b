#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "operator/collector/identity.h"
#include "operator/collector/membership.h"

namespace gyre::collector {

// The agents, in memory: reports come in, routes go out. Thread-safe. Nothing in it needs to outlive the process:
// agents report again within a second, and controllers publish on their first visit.
class AgentFleet final : public wire::Fleet {
 public:
  using OnChange = std::function<void(const Key& service)>;
  // Length of buckets for services that no controller has spoken of yet, as right after a restart.
  using DefaultBuckets = std::function<std::int64_t(const Key& service)>;
  AgentFleet(const Clock& clock, OnChange on_change, DefaultBuckets default_buckets)
      : clock_(clock), on_change_(std::move(on_change)), default_buckets_(std::move(default_buckets)) {}

  std::vector<wire::AgentReport> agents(const Key& service) const override;
  void publish(const Key& service, const wire::Routes& routes) override;
  void profile(const Key& service, std::int64_t bucket_seconds) override;

  // Notes the report; answers at once with newer routes, else waits for them as long as the agent asks, at most
  // kLongestWait.
  static constexpr Duration kLongestWait = std::chrono::seconds(20);
  wire::SyncResponse sync(const Identity& from, const wire::SyncRequest& request);

  // While open, calls may wait. Closing ends all waits and forgets everything: another replica leads.
  void open();
  void close();
  // Forgets silent agents; tells their services' controllers.
  void forget_old();

 private:
  struct Word {
    std::optional<wire::Routes> routes;
    std::optional<std::int64_t> bucket_seconds;
  };

  const Clock& clock_;
  const OnChange on_change_;
  const DefaultBuckets default_buckets_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;          // GUARDED_BY(mutex_)
  Membership members_;         // GUARDED_BY(mutex_)
  std::map<Key, Word> words_;  // GUARDED_BY(mutex_)
};

}  // namespace gyre::collector
