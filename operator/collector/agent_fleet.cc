#include "operator/collector/agent_fleet.h"

#include <algorithm>

namespace gyre::collector {

std::vector<wire::AgentReport> AgentFleet::agents(const Key& service) const {
  const std::lock_guard lock(mutex_);
  return members_.agents(service, clock_.now());
}

void AgentFleet::publish(const Key& service, const wire::Routes& routes) {
  const std::lock_guard lock(mutex_);
  const auto [known, is_new] = routes_.try_emplace(service, routes);
  if (!is_new && known->second == routes) return;
  known->second = routes;
  if (const auto room = rooms_.find(service); room != rooms_.end()) room->second.changed.notify_all();
}

void AgentFleet::withdraw(const Key& service) {
  const std::lock_guard lock(mutex_);
  routes_.erase(service);
}

bool AgentFleet::has_newer(const Key& service, std::int64_t generation) const {
  const auto known = routes_.find(service);
  return known != routes_.end() && known->second.generation > generation;
}

void AgentFleet::wait_for_routes(std::unique_lock<std::mutex>& lock, const Key& service,
                                 const wire::SyncRequest& request) {
  const Duration wait = std::clamp(Duration(request.wait_milliseconds), Duration::zero(), kLongestWait);
  Room& room = rooms_[service];
  ++room.waiting;
  room.changed.wait_for(lock, wait, [&] { return !open_ || has_newer(service, request.generation); });
  if (--room.waiting == 0) rooms_.erase(service);
}

wire::SyncResponse AgentFleet::sync(const Identity& from, const wire::SyncRequest& request) {
  const Key service{from.namespace_, request.service};
  std::unique_lock lock(mutex_);
  if (members_.heard(service, {from.pod, from.pod_uid, clock_.now(), request}) == Membership::News::kChange) {
    lock.unlock();
    on_change_(service);
    lock.lock();
  }
  wait_for_routes(lock, service, request);
  wire::SyncResponse response;
  if (has_newer(service, request.generation)) response.routes = routes_.at(service);
  lock.unlock();
  response.bucket_seconds = bucket_seconds_(service);
  return response;
}

void AgentFleet::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
}

void AgentFleet::close() {
  const std::lock_guard lock(mutex_);
  open_ = false;
  members_ = {};
  routes_.clear();
  for (auto& [service, room] : rooms_) room.changed.notify_all();
}

std::size_t AgentFleet::size() const {
  const std::lock_guard lock(mutex_);
  return members_.size(clock_.now());
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
