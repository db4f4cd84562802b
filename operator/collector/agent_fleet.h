#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>

#include "operator/collector/identity.h"
#include "operator/collector/membership.h"

namespace gyre::collector {

// The agents, in memory: reports come in, routes go out. Thread-safe. Nothing in it needs to outlive the process:
// agents report again within a second, and controllers publish on their first visit.
class AgentFleet final : public wire::Fleet {
 public:
  using OnChange = std::function<void(const Key& service)>;
  // Length of the profile buckets that are wanted of a service's agents, in seconds; 0 when nobody wants profiles.
  using BucketSeconds = std::function<std::int64_t(const Key& service)>;
  AgentFleet(const Clock& clock, OnChange on_change, BucketSeconds bucket_seconds)
      : clock_(clock), on_change_(std::move(on_change)), bucket_seconds_(std::move(bucket_seconds)) {}

  std::vector<wire::AgentReport> agents(const Key& service) const override;
  void publish(const Key& service, const wire::Routes& routes) override;
  void withdraw(const Key& service) override;

  // Notes the report; answers at once with newer routes, else waits for them as long as the agent asks, at most
  // kLongestWait.
  static constexpr Duration kLongestWait = std::chrono::seconds(20);
  wire::SyncResponse sync(const Identity& from, const wire::SyncRequest& request);

  // While open, calls may wait. Closing ends all waits and forgets everything: another replica leads.
  void open();
  void close();
  // Agents of all services.
  std::size_t size() const;
  // Forgets silent agents; tells their services' controllers.
  void forget_old();

 private:
  const Clock& clock_;
  const OnChange on_change_;
  const BucketSeconds bucket_seconds_;
  // Where the agents of one service wait, so that its routes wake nobody else's.
  struct Room {
    std::condition_variable changed;
    int waiting = 0;
  };
  bool has_newer(const Key& service, std::int64_t generation) const;
  void wait_for_routes(std::unique_lock<std::mutex>& lock, const Key& service, const wire::SyncRequest& request);

  mutable std::mutex mutex_;
  std::map<Key, Room> rooms_;           // GUARDED_BY(mutex_) only those where somebody waits
  bool open_ = false;                   // GUARDED_BY(mutex_)
  Membership members_;                  // GUARDED_BY(mutex_)
  std::map<Key, wire::Routes> routes_;  // GUARDED_BY(mutex_)
};

}  // namespace gyre::collector
