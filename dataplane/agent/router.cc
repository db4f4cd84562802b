#include "dataplane/agent/router.h"

#include <nlohmann/json.hpp>

#include "dataplane/agent/files.h"

namespace gyre::agent {
namespace {

constexpr std::int32_t kAll = 100;

bool takes_traffic(const wire::Routes& routes, const std::string& revision) {
  return routes.canary && routes.canary->revision == revision && routes.weight > 0;
}

}  // namespace

bool Splitter::take(std::int32_t weight) {
  owed_ += weight;
  if (owed_ < kAll) return false;
  owed_ -= kAll;
  return true;
}

Choice choose(const wire::Routes& routes, const std::string& revision, Origin origin, Pin pin, Splitter& splitter) {
  const bool stable = routes.stable.revision == revision;
  if (origin == Origin::kAgent) return {stable || takes_traffic(routes, revision) ? Way::kServe : Way::kRefuse, {}, {}};
  // Clients of a retired revision hold connections to it that only they can give up.
  if (!stable && !(routes.canary && routes.canary->revision == revision)) return {Way::kServe, Connection::kClose, {}};
  if (!stable || pin == Pin::kStable || !routes.canary || routes.weight <= 0) return {};
  if (!splitter.take(routes.weight)) return {};
  return {Way::kForward, Connection::kKeep, *routes.canary};
}

std::shared_ptr<const wire::Routes> RouteTable::current() const {
  const std::lock_guard lock(mutex_);
  return routes_;
}

void RouteTable::offer(wire::Routes routes) {
  const std::lock_guard lock(mutex_);
  if (!routes_ || routes.generation > routes_->generation)
    routes_ = std::make_shared<const wire::Routes>(std::move(routes));
}

Result<wire::Routes> read_routes(const std::string& file) {
  Result<std::string> text = read_file(file);
  if (!text) return fail(std::move(text).error());
  const nlohmann::json document = nlohmann::json::parse(*text, nullptr, false);
  if (document.is_discarded()) return fail(Code::kInvalid, "InvalidJson", file + " is no JSON");
  Result<wire::Routes> routes = schema::from_json<wire::Routes>(document);
  if (!routes) return fail(with_context(std::move(routes).error(), file));
  return routes;
}

}  // namespace gyre::agent
