#include "controllers/inference_service/samples.h"

#include <algorithm>
#include <chrono>

namespace gyre::inference_service {
namespace {

// A counter that went back belongs to a container that started anew.
std::uint64_t growth(std::int64_t now, std::int64_t before) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, now >= before ? now - before : now));
}

std::int64_t count_of(const std::vector<wire::LatencyBin>& bins, std::int32_t bin) {
  for (const wire::LatencyBin& each : bins)
    if (each.bin == bin) return each.count;
  return 0;
}

const wire::ForwardedCounters* find(const std::vector<wire::ForwardedCounters>& list, const std::string& revision) {
  for (const wire::ForwardedCounters& each : list)
    if (each.revision == revision) return &each;
  return nullptr;
}

stats::Requests less(const stats::Requests& a, const stats::Requests& b) {
  return {a.total - b.total, a.errors - b.errors};
}

stats::LatencyHistogram difference(const stats::LatencyHistogram& from, const stats::LatencyHistogram& to) {
  stats::LatencyHistogram::Counts counts = to.counts();
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] -= std::min(counts[i], from.counts()[i]);
  return *stats::LatencyHistogram::make(counts);
}

void add_latency(stats::LatencyHistogram& sums, const std::vector<wire::LatencyBin>& now,
                 const std::vector<wire::LatencyBin>& before) {
  stats::LatencyHistogram::Counts counts{};
  for (const wire::LatencyBin& each : now)
    if (each.bin >= 0 && static_cast<std::size_t>(each.bin) < counts.size())
      counts[each.bin] += growth(each.count, count_of(before, each.bin));
  sums.merge(*stats::LatencyHistogram::make(counts));
}

bool started_anew(const wire::SyncRequest& now, const wire::SyncRequest& before) {
  return now.served.requests < before.served.requests;
}

}  // namespace

Figures between(const Sample& from, const Sample& to, const std::string& revision) {
  const auto last = to.revisions.find(revision);
  if (last == to.revisions.end()) return {};
  const auto first = from.revisions.find(revision);
  if (first == from.revisions.end()) return last->second;
  const Figures& a = first->second;
  const Figures& b = last->second;
  return {less(b.served, a.served), less(b.sent, a.sent), difference(a.latency, b.latency)};
}

void Sampler::add(const wire::AgentReport& agent, const wire::SyncRequest& before) {
  const wire::SyncRequest& now = agent.last;
  const wire::SyncRequest old = started_anew(now, before) ? wire::SyncRequest{} : before;
  Figures& own = sums_.revisions[now.revision];
  add_latency(own.latency, now.served.latency, old.served.latency);
  own.served.total += growth(now.served.requests, old.served.requests);
  own.served.errors += growth(now.served.errors, old.served.errors);
  for (const wire::ForwardedCounters& sent : now.forwarded) {
    const wire::ForwardedCounters* previous = find(old.forwarded, sent.revision);
    stats::Requests& to = sums_.revisions[sent.revision].sent;
    to.total += growth(sent.requests, previous ? previous->requests : 0);
    to.errors += growth(sent.errors, previous ? previous->errors : 0);
  }
}

std::vector<Sample> Sampler::take(const std::vector<wire::AgentReport>& agents, Time now, Duration kept) {
  std::map<std::string, wire::SyncRequest> current;
  for (const wire::AgentReport& agent : agents) {
    const auto before = last_.find(agent.pod_uid);
    // What an agent counted before we heard of it belongs to no interval of ours: a new leader hears of agents that
    // have counted for days.
    if (before != last_.end()) add(agent, before->second);
    current[agent.pod_uid] = agent.last;
  }
  last_ = std::move(current);
  if (samples_.empty() || now - samples_.back().at >= std::chrono::seconds(1)) {
    sums_.at = now;
    samples_.push_back(sums_);
  }
  while (samples_.size() > 1 && samples_.front().at < now - kept) samples_.pop_front();
  return {samples_.begin(), samples_.end()};
}

}  // namespace gyre::inference_service
