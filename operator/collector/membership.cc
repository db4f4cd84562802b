#include "operator/collector/membership.h"

#include <algorithm>

namespace gyre::collector {
namespace {

bool is_drained(const wire::SyncRequest& request) { return request.idle_milliseconds >= kDrained.count(); }

bool is_heard_of(const wire::AgentReport& report, Time now) { return report.heard + kAgentAge >= now; }

bool is_news(const wire::SyncRequest& before, const wire::SyncRequest& now) {
  return before.revision != now.revision || before.generation != now.generation ||
         is_drained(before) != is_drained(now);
}

}  // namespace

Membership::News Membership::heard(const Key& service, wire::AgentReport report) {
  auto& agents = reports_[service];
  const auto known = agents.find(report.pod_uid);
  const bool news = known == agents.end() || is_news(known->second.last, report.last);
  std::string uid = report.pod_uid;
  agents.insert_or_assign(std::move(uid), std::move(report));
  return news ? News::kChange : News::kNothing;
}

std::vector<wire::AgentReport> Membership::agents(const Key& service, Time now) const {
  std::vector<wire::AgentReport> out;
  const auto found = reports_.find(service);
  if (found == reports_.end()) return out;
  for (const auto& [uid, report] : found->second)
    if (is_heard_of(report, now)) out.push_back(report);
  std::ranges::stable_sort(out, {}, &wire::AgentReport::pod);
  return out;
}

std::size_t Membership::size(Time now) const {
  std::size_t out = 0;
  for (const auto& [service, agents] : reports_)
    out += static_cast<std::size_t>(
        std::ranges::count_if(agents, [&](const auto& each) { return is_heard_of(each.second, now); }));
  return out;
}

std::vector<Key> Membership::forget_old(Time now) {
  std::vector<Key> losers;
  for (auto& [service, agents] : reports_)
    if (std::erase_if(agents, [&](const auto& each) { return !is_heard_of(each.second, now); }) > 0)
      losers.push_back(service);
  std::erase_if(reports_, [](const auto& each) { return each.second.empty(); });
  return losers;
}

}  // namespace gyre::collector
