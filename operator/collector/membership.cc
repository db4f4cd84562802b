#include "operator/collector/membership.h"

#include <algorithm>

namespace gyre::collector {
namespace {

bool is_drained(const wire::SyncRequest& request) { return request.idle_milliseconds >= kDrained.count(); }

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
    if (report.heard + kAgentAge >= now) out.push_back(report);
  std::ranges::stable_sort(out, {}, &wire::AgentReport::pod);
  return out;
}

std::vector<Key> Membership::forget_old(Time now) {
  std::vector<Key> losers;
  for (auto& [service, agents] : reports_)
    if (std::erase_if(agents, [&](const auto& each) { return each.second.heard + kAgentAge < now; }) > 0)
      losers.push_back(service);
  std::erase_if(reports_, [](const auto& each) { return each.second.empty(); });
  return losers;
}

}  // namespace gyre::collector
