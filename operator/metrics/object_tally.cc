#include "operator/metrics/object_tally.h"

#include <algorithm>
#include <functional>

namespace gyre::metrics {
namespace {

std::uint64_t hash(const Key& key) { return std::hash<std::string>{}(key.text()); }

}  // namespace

ObjectTally::Standing::Standing(std::string_view phase_in, const std::vector<Condition>& conditions_in)
    : phase(phase_in) {
  for (const Condition& each : conditions_in) conditions.push_back({each.type, each.status, each.reason});
  std::ranges::sort(conditions);
}

void ObjectTally::put(Counts& counts, const Key& key, Standing standing) {
  const std::lock_guard lock(mutex_);
  const auto now = counts.standings.try_emplace(std::move(standing), 0).first;
  ++now->second;
  const auto [known, is_new] = counts.objects.try_emplace(hash(key), now);
  if (!is_new) let_go(counts, std::exchange(known->second, now));
}

void ObjectTally::remove(Counts& counts, const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto known = counts.objects.find(hash(key));
  if (known == counts.objects.end()) return;
  let_go(counts, known->second);
  counts.objects.erase(known);
}

void ObjectTally::let_go(Counts& counts, Standings::iterator standing) {
  if (--standing->second == 0) counts.standings.erase(standing);
}

std::vector<runtime::Sample> ObjectTally::phases() const {
  std::vector<runtime::Sample> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [kind, counts] : kinds_) {
    std::map<std::string, std::size_t> by_phase;
    for (const auto& [standing, count] : counts.standings) by_phase[standing.phase] += count;
    for (const std::string& phase : counts.phases)
      out.push_back({{{"kind", kind}, {"phase", phase}}, static_cast<double>(by_phase[phase])});
  }
  return out;
}

std::vector<runtime::Sample> ObjectTally::conditions() const {
  std::vector<runtime::Sample> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [kind, counts] : kinds_) {
    std::map<Stated, std::size_t> by_condition;
    for (const auto& [standing, count] : counts.standings)
      for (const Stated& each : standing.conditions) by_condition[each] += count;
    for (const auto& [stated, count] : by_condition)
      out.push_back({{{"kind", kind},
                      {"type", stated.type},
                      {"status", schema::enum_name(stated.status)},
                      {"reason", stated.reason}},
                     static_cast<double>(count)});
  }
  return out;
}

}  // namespace gyre::metrics
