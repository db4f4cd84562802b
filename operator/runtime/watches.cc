#include "operator/runtime/watches.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "operator/runtime/log.h"

namespace gyre::runtime {
namespace {

std::string described(const Reflector& reflector, std::string_view what) {
  std::string text(reflector.kind().plural);
  if (!reflector.scope().empty()) text += " in namespace " + reflector.scope();
  text += fmt::format(": {}", what);
  if (const auto error = reflector.last_error()) text += ": " + error->message;
  return text;
}

bool is_refused(const std::unique_ptr<Reflector>& reflector) { return reflector->refused_since().has_value(); }

bool is_well(const std::unique_ptr<Reflector>& reflector) {
  return reflector->is_synced() && !reflector->is_stale() && !reflector->last_error();
}

}  // namespace

Watches::Watches(kube::Client& client, Cache& cache, const std::vector<std::string>& namespaces, const Clock& clock,
                 Metrics& metrics, const Reflector::Timing& timing)
    : clock_(clock), leaving_takes_(timing.longest_watch + timing.stale_after) {
  const std::vector<std::string> names = namespaces.empty() ? std::vector<std::string>{""} : namespaces;
  for (const std::string& name : names) {
    Scope& scope = scopes_.emplace_back();
    scope.name = name;
    for (auto& [kind, entry] : cache.entries())
      scope.reflectors.push_back(std::make_unique<Reflector>(client, *entry, name, clock, metrics, timing));
  }
}

void Watches::start() {
  for (const Scope& scope : scopes_)
    for (const auto& reflector : scope.reflectors)
      threads_.emplace_back([&reflector = *reflector](std::stop_token stop) { reflector.run(stop); });
}

void Watches::look_for_left_out() {
  others_go_on_ = false;
  if (scopes_.size() < 2) return;
  for (Scope& scope : scopes_) {
    const bool was_left_out = scope.is_left_out;
    scope.is_left_out = std::ranges::all_of(scope.reflectors, is_refused) ||
                        (was_left_out && !std::ranges::all_of(scope.reflectors, is_well));
    others_go_on_ |= !scope.is_left_out;
    if (scope.is_left_out == was_left_out) continue;
    const log::Fields fields = {{"namespace", scope.name}};
    if (scope.is_left_out)
      log::error("Namespace is left out: the API server refuses everything in it", fields);
    else
      log::info("Namespace is looked after again", fields);
    if (was_left_out) returned_.push_back(scope.name);
  }
}

bool Watches::is_needed(const Scope& scope, const Reflector& reflector) const {
  if (!others_go_on_) return true;
  // One that is refused now may be the first of its namespace to notice that all are.
  const auto since = reflector.refused_since();
  const bool may_be_leaving = reflector.is_synced() && since && clock_.now() - *since < leaving_takes_;
  return !scope.is_left_out && !may_be_leaving;
}

bool Watches::sees_all_of(const std::string& namespace_) {
  const std::lock_guard lock(mutex_);
  look_for_left_out();
  const auto scope = std::ranges::find(scopes_, namespace_, &Scope::name);
  return scope == scopes_.end() || !scope->is_left_out;
}

std::vector<std::string> Watches::take_returned() {
  const std::lock_guard lock(mutex_);
  look_for_left_out();
  return std::exchange(returned_, {});
}

bool Watches::is_synced() {
  const std::lock_guard lock(mutex_);
  look_for_left_out();
  for (const Scope& scope : scopes_)
    for (const auto& reflector : scope.reflectors)
      if (is_needed(scope, *reflector) && !reflector->is_synced()) return false;
  return true;
}

Result<void> Watches::readiness() {
  const std::lock_guard lock(mutex_);
  look_for_left_out();
  for (const Scope& scope : scopes_)
    for (const auto& reflector : scope.reflectors) {
      if (!is_needed(scope, *reflector)) continue;
      if (!reflector->is_synced())
        return fail(Code::kUnavailable, "CacheNotFilled", described(*reflector, "cache not filled"));
      if (reflector->is_stale()) return fail(Code::kUnavailable, "WatchStale", described(*reflector, "watch is stale"));
    }
  return {};
}

std::vector<Sample> Watches::stale() const {
  std::map<std::string, double> counts;
  for (const Scope& scope : scopes_)
    for (const auto& reflector : scope.reflectors)
      counts[kube::resource_name(reflector->kind())] += reflector->is_stale() ? 1 : 0;
  std::vector<Sample> out;
  for (const auto& [resource, count] : counts) out.push_back({{{"resource", resource}}, count});
  return out;
}

std::size_t Watches::size() const {
  std::size_t out = 0;
  for (const Scope& scope : scopes_) out += scope.reflectors.size();
  return out;
}

}  // namespace gyre::runtime
