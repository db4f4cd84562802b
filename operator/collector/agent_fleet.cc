#include "operator/collector/agent_fleet.h"

#include <algorithm>

namespace gyre::collector {

std::vector<wire::AgentReport> AgentFleet::agents(const Key& service) const {
  const std::lock_guard lock(mutex_);
  return members_.agents(service, clock_.now());
}

void AgentFleet::publish(const Key& service, const wire::Routes& routes) {
  {
    const std::lock_guard lock(mutex_);
    if (words_[service].routes == routes) return;
    words_[service].routes = routes;
  }
  changed_.notify_all();
}

void AgentFleet::profile(const Key& service, std::int64_t bucket_seconds) {
  const std::lock_guard lock(mutex_);
  words_[service].bucket_seconds = bucket_seconds;
}

wire::SyncResponse AgentFleet::sync(const Identity& from, const wire::SyncRequest& request) {
  const Key service{from.namespace_, request.service};
  std::unique_lock lock(mutex_);
  if (members_.heard(service, {from.pod, from.pod_uid, clock_.now(), request}) == Membership::News::kChange) {
    lock.unlock();
    on_change_(service);
    lock.lock();
  }
  const auto newer = [&] {
    const auto word = words_.find(service);
    return word != words_.end() && word->second.routes && word->second.routes->generation > request.generation;
  };
  const Duration wait = std::clamp(Duration(request.wait_milliseconds), Duration::zero(), kLongestWait);
  changed_.wait_for(lock, wait, [&] { return !open_ || newer(); });
  wire::SyncResponse response;
  if (newer()) response.routes = words_[service].routes;
  const auto word = words_.find(service);
  const std::optional<std::int64_t> told = word == words_.end() ? std::nullopt : word->second.bucket_seconds;
  lock.unlock();
  response.bucket_seconds = told ? *told : default_buckets_(service);
  return response;
}

void AgentFleet::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
}

void AgentFleet::close() {
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
    members_ = {};
    words_.clear();
  }
  changed_.notify_all();
}

void AgentFleet::forget_old() {
  std::vector<Key> losers;
  {
    const std::lock_guard lock(mutex_);
    losers = members_.forget_old(clock_.now());
  }
  for (const Key& service : losers) on_change_(service);
}

}  // namespace gyre::collector
