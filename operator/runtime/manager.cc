#include "operator/runtime/manager.h"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "operator/kube/url.h"
#include "operator/runtime/leader_api.h"
#include "operator/runtime/log.h"

namespace gyre::runtime {
namespace {

const std::vector<double> kBounds = {0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60};

void declare_request_metrics(Metrics& metrics) {
  metrics.declare_counter("rest_client_requests_total",
                          "Number of HTTP requests, partitioned by status code, method, and host.");
  metrics.declare_counter("gyre_api_requests_total", "Requests to the API server by verb, resource and status code.");
  metrics.declare_histogram("rest_client_request_duration_seconds",
                            "Request latency in seconds. Broken down by verb and host.", kBounds);
  metrics.declare_gauge("leader_election_master_status", "1 while this process leads.");
}

void count_request(Metrics& metrics, const kube::Exchange& exchange) {
  metrics.add("rest_client_requests_total",
              {{"code", exchange.code}, {"host", exchange.host}, {"method", exchange.method}});
  metrics.add("gyre_api_requests_total",
              {{"verb", exchange.verb}, {"resource", exchange.resource}, {"code", exchange.code}});
  if (exchange.verb != "watch")
    metrics.observe("rest_client_request_duration_seconds", {{"verb", exchange.method}, {"host", exchange.host}},
                    exchange.seconds);
}

}  // namespace

struct Manager::Impl {
  Impl(kube::Config config, ManagerOptions options_in)
      : options(std::move(options_in)),
        client(std::move(config), [this](const kube::Exchange& exchange) { count_request(metrics, exchange); }),
        api(client, options.rate, waits_counted()),
        leader_api(api),
        events(leader_api, clock, metrics, options.instance),
        applier(leader_api, cache, events, clock) {
    declare_request_metrics(metrics);
    metrics.collect_gauge("gyre_cache_objects", "Objects kept of each watched resource.",
                          [this] { return of_caches(&ObjectStore::size); });
    metrics.collect_gauge("gyre_cache_bytes", "Bytes of the objects kept of each watched resource, as they are packed.",
                          [this] { return of_caches(&ObjectStore::bytes); });
    metrics.collect_gauge("gyre_watch_stale", "Watches that the API server has not answered for too long, by resource.",
                          [this] { return stale(); });
    metrics.collect_gauge("gyre_ready", "1 while /readyz says so.",
                          [this] { return std::vector<Sample>{{{}, readiness() ? 1.0 : 0.0}}; });
    if (options.leadership) elector.emplace(client, clock, *options.leadership);
  }

  ClientApi::OnWait waits_counted() {
    if (options.rate.qps <= 0) return {};
    metrics.declare_histogram("rest_client_rate_limiter_duration_seconds",
                              "Client side rate limiter latency in seconds. Broken down by verb and host.", kBounds);
    return [this, host = kube::split_url(client.config().server).authority](const std::string& verb, double seconds) {
      metrics.observe("rest_client_rate_limiter_duration_seconds", {{"verb", verb}, {"host", host}}, seconds);
    };
  }

  void make_reflectors() {
    const std::vector<std::string> scopes =
        options.namespaces.empty() ? std::vector<std::string>{""} : options.namespaces;
    const std::lock_guard lock(mutex);
    for (auto& [kind, entry] : cache.entries())
      for (const std::string& scope : scopes)
        reflectors.push_back(std::make_unique<Reflector>(client, *entry, scope, clock, metrics, options.timing));
    made = true;
  }

  std::vector<Sample> of_caches(std::size_t (ObjectStore::*figure)() const) {
    std::vector<Sample> out;
    for (const auto& [kind, entry] : cache.entries())
      out.push_back({{{"resource", kube::resource_name(kind)}}, static_cast<double>((entry->store.*figure)())});
    return out;
  }

  // One sample a resource: it is watched once in each namespace that we look after.
  std::vector<Sample> stale() const {
    std::map<std::string, double> counts;
    const std::lock_guard lock(mutex);
    for (const auto& reflector : reflectors)
      counts[kube::resource_name(reflector->kind())] += reflector->is_stale() ? 1 : 0;
    std::vector<Sample> out;
    for (const auto& [resource, count] : counts) out.push_back({{{"resource", resource}}, count});
    return out;
  }

  bool is_synced() const {
    for (const auto& reflector : reflectors)
      if (!reflector->is_synced()) return false;
    return true;
  }

  void wait_for_sync(std::stop_token stop) {
    std::unique_lock lock(mutex);
    while (!stop.stop_requested() && !is_synced())
      changed.wait_for(lock, stop, Duration(20), [this] { return is_synced(); });
    if (!stop.stop_requested()) log::info("Caches are filled", {{"watches", std::to_string(reflectors.size())}});
  }

  void set_leading(bool now) {
    {
      const std::lock_guard lock(mutex);
      leading = now;
      if (!now) leader_api.refuse_writes();
    }
    metrics.set("leader_election_master_status",
                {{"name", options.leadership ? options.leadership->lease.name : "none"}}, now ? 1 : 0);
    changed.notify_all();
  }

  // One term of leadership: until `stop` or until the lease is lost.
  void lead(std::stop_token stop) {
    {
      const std::lock_guard lock(mutex);
      if (leading) leader_api.allow_writes();
    }
    std::stop_source term;
    std::vector<std::jthread> threads;
    std::atomic<int> running = 0;
    const auto start = [&](std::function<void()> work) {
      ++running;
      threads.emplace_back([this, &running, work = std::move(work)] {
        work();
        const std::lock_guard lock(mutex);
        --running;
        changed.notify_all();
      });
    };
    for (const auto& controller : controllers)
      start([&controller = *controller, token = term.get_token()] { controller.run(token); });
    for (const auto& task : leader_tasks) start([&task, token = term.get_token()] { task(token); });

    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [this] { return !leading; });
    const bool lost = !leading;
    term.request_stop();
    lock.unlock();
    // Another replica may act already: what we have in flight is not ours to finish.
    if (lost) end_writes();
    lock.lock();
    const bool drained = changed.wait_for(lock, options.drain, [&] { return running == 0; });
    lock.unlock();
    if (!drained) end_writes();
  }

  void end_writes() {
    leader_api.refuse_writes();
    api.cancel_waiting();
    client.cancel_writes();
  }

  Result<void> readiness() const {
    const std::lock_guard lock(mutex);
    if (!made) return fail(Code::kUnavailable, "Starting", "not started yet");
    for (const auto& reflector : reflectors) {
      if (!reflector->is_synced())
        return fail(Code::kUnavailable, "CacheNotFilled",
                    fmt::format("{}: cache not filled", reflector->kind().plural));
      if (reflector->is_stale())
        return fail(Code::kUnavailable, "WatchStale", fmt::format("{}: watch is stale", reflector->kind().plural));
    }
    for (const auto& check : checks)
      if (const auto ready = check(); !ready) return ready;
    return {};
  }

  const ManagerOptions options;
  SystemClock clock;
  Metrics metrics;
  kube::Client client;
  Cache cache;
  ClientApi api;
  LeaderApi leader_api;
  EventRecorder events;
  Applier applier;
  std::optional<LeaderElector> elector;
  std::vector<std::unique_ptr<Controller>> controllers;
  std::vector<std::function<void(std::stop_token)>> leader_tasks;
  std::vector<std::function<Result<void>()>> checks;
  std::atomic<int> health_port = 0, metrics_port = 0;

  mutable std::mutex mutex;
  std::condition_variable_any changed;
  std::vector<std::unique_ptr<Reflector>> reflectors;  // GUARDED_BY(mutex) until `made`
  bool made = false;                                   // GUARDED_BY(mutex)
  bool leading = false;                                // GUARDED_BY(mutex)
};

Manager::Manager(kube::Config config, ManagerOptions options)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(options))) {}
Manager::~Manager() = default;

kube::Client& Manager::client() { return impl_->client; }
Cache& Manager::cache() { return impl_->cache; }
Api& Manager::api() { return impl_->api; }
Api& Manager::leader_api() { return impl_->leader_api; }
Applier& Manager::applier() { return impl_->applier; }
EventRecorder& Manager::events() { return impl_->events; }
Metrics& Manager::metrics() { return impl_->metrics; }
const Clock& Manager::clock() const { return impl_->clock; }

Controller& Manager::add(std::string name, std::unique_ptr<Reconciler> reconciler, int workers) {
  return *impl_->controllers.emplace_back(std::make_unique<Controller>(std::move(name), std::move(reconciler), workers,
                                                                       impl_->cache, impl_->clock, impl_->metrics));
}

void Manager::add_leader_task(std::function<void(std::stop_token)> task) {
  impl_->leader_tasks.push_back(std::move(task));
}

void Manager::add_readiness(std::function<Result<void>()> check) { impl_->checks.push_back(std::move(check)); }

Result<void> Manager::run(std::stop_token stop) {
  std::unique_ptr<HealthServer> health;
  if (impl_->options.health) {
    auto started = HealthServer::start(*impl_->options.health, impl_->metrics, [this] { return readiness(); });
    if (!started) return fail(started.error());
    health = std::move(*started);
    impl_->health_port = health->health_port();
    impl_->metrics_port = health->metrics_port();
  }
  impl_->make_reflectors();
  std::vector<std::jthread> threads;
  for (const auto& reflector : impl_->reflectors)
    threads.emplace_back([&reflector = *reflector](std::stop_token ended) { reflector.run(ended); });
  // A standby waits with filled caches, so the election starts only now.
  impl_->wait_for_sync(stop);

  std::jthread election;
  if (impl_->elector)
    election = std::jthread([this](std::stop_token ended) {
      impl_->elector->run(ended, [this] { impl_->set_leading(true); }, [this] { impl_->set_leading(false); });
    });
  else
    impl_->set_leading(true);
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(impl_->mutex);
      if (!impl_->changed.wait(lock, stop, [this] { return impl_->leading; })) break;
    }
    impl_->lead(stop);
  }
  impl_->set_leading(false);
  // Last, after the drain: releases the lease.
  election = {};
  return {};
}

bool Manager::is_leader() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->leading;
}

LeaderElector::Holder Manager::leader() const {
  return impl_->elector ? impl_->elector->holder() : LeaderElector::Holder{};
}

Result<void> Manager::readiness() const { return impl_->readiness(); }
int Manager::health_port() const { return impl_->health_port; }
int Manager::metrics_port() const { return impl_->metrics_port; }

}  // namespace gyre::runtime
