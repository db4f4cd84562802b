#include "operator/collector/collector.h"

#include <atomic>
#include <thread>

#include "controllers/common/fields.h"
#include "controllers/common/names.h"
#include "crds/builtin/pod.h"
#include "operator/base/wait.h"
#include "operator/collector/bucket_cadence.h"
#include "operator/collector/pod_roster.h"
#include "operator/collector/published_keys.h"
#include "operator/collector/server.h"

namespace gyre::collector {
namespace {

constexpr Duration kLookForSilent = std::chrono::seconds(10);

Monitors monitors_of(const runtime::Cache& cache, const Key& service) {
  Monitors out;
  for (auto& monitor : cache.with(fields::kTarget, service.namespace_, service.name))
    if (!monitor->metadata.deletion_timestamp) out.push_back(std::move(monitor));
  return out;
}

}  // namespace

struct Collector::Impl {
  Impl(runtime::Manager& manager_in, Options options_in)
      : manager(manager_in),
        options(std::move(options_in)),
        cache(manager.cache()),
        pods(cache.declare<Pod>({{{labels::kManagedBy, labels::kManagedByGyre}}})),
        cadence(cache.declare<DriftMonitor>()),
        keys(manager.client(), manager.api(), manager.clock(), options.namespaces),
        authenticator(identify(), manager.clock(), [this](const Identity& who) { return pods.is_alive(who); }),
        fleet(
            manager.clock(), [this](const Key& service) { changed(service); },
            [this](const Key& service) { return cadence.seconds(service); }),
        intake(
            manager.leader_api(), manager.clock(), manager.metrics(),
            [this](const Key& service) { return monitors_of(cache, service); },
            [this](const Key& service) { changed(service); },
            [this](const DriftMonitor& monitor, const EventNote& note) {
              manager.events().record(kind_of(Type<DriftMonitor>{}), monitor.metadata, note);
            },
            options.gather),
        baselines(manager.leader_api()),
        endpoints(authenticator, fleet, intake, baselines, manager.clock(),
                  {[this] { return leading.load(); }, [this] { return leader_address(); }},
                  [this](const Identity& who, const std::string& service) { return pods.speaks_for(who, service); }) {}

  Identify identify() {
    if (options.tokens == TokenCheck::kReview) return review_tokens(manager.api());
    return [this](const std::string& token) { return keys.identify(token); };
  }

  void changed(const Key& service) const {
    if (wake) wake(service);
  }

  // Nobody to name while we are about to lead ourselves, or have just stopped.
  std::string leader_address() const { return manager.is_leader() ? "" : manager.leader().address; }

  void lead(std::stop_token stop) {
    fleet.open();
    leading = true;
    std::jthread silent([this](std::stop_token ended) { look_for_silent(ended); });
    intake.run(stop);
    leading = false;
    fleet.close();
  }

  void look_for_silent(std::stop_token ended) {
    while (!ended.stop_requested()) {
      wait(ended, kLookForSilent);
      fleet.forget_old();
    }
  }

  runtime::Manager& manager;
  const Options options;
  runtime::Cache& cache;
  PodRoster pods;
  BucketCadence cadence;
  std::function<void(const Key&)> wake;
  std::atomic<bool> leading = false;
  PublishedKeys keys;
  Authenticator authenticator;
  AgentFleet fleet;
  Intake intake;
  Baselines baselines;
  Endpoints endpoints;
  std::unique_ptr<Server> server;
};

Collector::Collector(runtime::Manager& manager, Options options)
    : impl_(std::make_unique<Impl>(manager, std::move(options))) {
  manager.cache().declare<DriftMonitor>().index(fields::kTarget);
  manager.metrics().collect_gauge(
      "gyre_collector_agents", "Agents that reported within the last minute.",
      [&fleet = impl_->fleet] { return std::vector<runtime::Sample>{{{}, static_cast<double>(fleet.size())}}; });
  manager.add_leader_task([impl = impl_.get()](std::stop_token stop) { impl->lead(stop); });
}

Collector::~Collector() { stop(); }

wire::Fleet& Collector::fleet() { return impl_->fleet; }

void Collector::on_change(std::function<void(const Key& service)> wake) { impl_->wake = std::move(wake); }

Result<void> Collector::start() {
  auto server =
      Server::start(impl_->options.address, impl_->options.port, impl_->endpoints, impl_->options.certificate);
  if (!server) return fail(std::move(server).error());
  impl_->server = *std::move(server);
  return {};
}

void Collector::stop() {
  impl_->fleet.close();
  impl_->server = nullptr;
}

int Collector::port() const { return impl_->server ? impl_->server->port() : 0; }

}  // namespace gyre::collector
