#include "operator/runtime/manager.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "operator/base/caught.h"
#include "operator/base/wait.h"
#include "operator/kube/url.h"
#include "operator/runtime/leader_api.h"
#include "operator/runtime/log.h"
#include "operator/runtime/watches.h"

namespace gyre::runtime {
namespace {

constexpr char kLeads[] = "leader_election_master_status";
constexpr Duration kPauseAfterBug = std::chrono::seconds(1);
constexpr Duration kLookForReturned = std::chrono::seconds(1);
const std::vector<double> kBounds = {0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60};

void declare_request_metrics(Metrics& metrics) {
  metrics.declare_counter("rest_client_requests_total",
                          "Number of HTTP requests, partitioned by status code, method, and host.");
  metrics.declare_counter("gyre_api_requests_total", "Requests to the API server by verb, resource and status code.");
  metrics.declare_histogram("rest_client_request_duration_seconds",
                            "Request latency in seconds. Broken down by verb and host.", kBounds);
  metrics.declare_gauge(kLeads, "1 while this process leads.");
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

// Until it ends, or `stop`; a bug in it does not end it for good.
void run_task(const std::function<void(std::stop_token)>& task, std::stop_token stop) {
  while (!stop.stop_requested()) {
    const Result<void> ended = caught([&] {
      task(stop);
      return Result<void>();
    });
    if (ended) return;
    log::error("A task of the leader met a bug; it begins again", {{"error", ended.error().message}});
    wait(stop, kPauseAfterBug);
  }
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
    say_whether_leading(false);
    metrics.collect_gauge("gyre_cache_objects", "Objects kept of each watched resource.",
                          [this] { return of_caches(&ObjectStore::size); });
    metrics.collect_gauge("gyre_cache_bytes", "Bytes of the objects kept of each watched resource, as they are packed.",
                          [this] { return of_caches(&ObjectStore::bytes); });
    metrics.collect_gauge("gyre_watch_stale", "Watches that the API server has not answered for too long, by resource.",
                          [this] { return stale(); });
    metrics.collect_gauge("gyre_ready", "1 while /readyz says so.",
                          [this] { return std::vector<Sample>{{{}, readiness() ? 1.0 : 0.0}}; });
    if (options.leadership) elector.emplace(client, clock, *options.leadership);
    metrics.collect_counter("leader_election_slowpath_total",
                            "Total number of slow path exercised in renewing leader leases.",
                            [this] { return std::vector<Sample>{{{{"name", lease_name()}}, slow_renewals()}}; });
  }

  ClientApi::OnWait waits_counted() {
    if (options.rate.qps <= 0) return {};
    metrics.declare_histogram("rest_client_rate_limiter_duration_seconds",
                              "Client side rate limiter latency in seconds. Broken down by verb and host.", kBounds);
    return [this, host = kube::split_url(client.config().server).authority](const std::string& verb, double seconds) {
      metrics.observe("rest_client_rate_limiter_duration_seconds", {{"verb", verb}, {"host", host}}, seconds);
    };
  }

  void start_watches() {
    const std::lock_guard lock(mutex);
    watches = std::make_unique<Watches>(client, cache, options.namespaces, monotonic, metrics, options.timing);
    watches->start();
  }

  void stop_watches() {
    std::unique_ptr<Watches> ended;
    {
      const std::lock_guard lock(mutex);
      ended = std::move(watches);
    }
    // Without the lock, which their handlers may want.
    ended.reset();
  }

  std::vector<Sample> of_caches(std::size_t (ObjectStore::*figure)() const) {
    std::vector<Sample> out;
    for (const auto& [kind, entry] : cache.entries())
      out.push_back({{{"resource", kube::resource_name(kind)}}, static_cast<double>((entry->store.*figure)())});
    return out;
  }

  std::vector<Sample> stale() const {
    const std::lock_guard lock(mutex);
    return watches ? watches->stale() : std::vector<Sample>{};
  }

  void wait_for_sync(std::stop_token stop) {
    std::unique_lock lock(mutex);
    while (!stop.stop_requested() && !watches->is_synced())
      changed.wait_for(lock, stop, Duration(20), [this] { return watches->is_synced(); });
    if (!stop.stop_requested()) log::info("Caches are filled", {{"watches", std::to_string(watches->size())}});
  }

  void set_leading(bool now) {
    {
      const std::lock_guard lock(mutex);
      leading = now;
      if (now) ++term;
      if (!now) leader_api.refuse_writes();
    }
    say_whether_leading(now);
    changed.notify_all();
  }

  void say_whether_leading(bool now) { metrics.set(kLeads, {{"name", lease_name()}}, now ? 1 : 0); }

  std::string lease_name() const { return options.leadership ? options.leadership->lease.name : "none"; }

  double slow_renewals() const { return elector ? static_cast<double>(elector->slow_renewals()) : 0; }

  // One term of leadership: until `stop` or until the lease is lost.
  void lead(std::stop_token stop) {
    std::uint64_t ours = 0;
    {
      const std::lock_guard lock(mutex);
      ours = term;
      if (leading) leader_api.allow_writes();
    }
    std::stop_source end;
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
      start([&controller = *controller, token = end.get_token()] { controller.run(token); });
    for (const auto& task : leader_tasks) start([&task, token = end.get_token()] { run_task(task, token); });

    std::unique_lock lock(mutex);
    // A lease that was lost and had again is another term: writes were refused in between.
    const auto is_over = [&] { return !leading || term != ours; };
    if (has_several_namespaces())
      while (!changed.wait_for(lock, stop, kLookForReturned, is_over) && !stop.stop_requested()) wake_returned();
    else
      changed.wait(lock, stop, is_over);
    const bool lost = is_over();
    end.request_stop();
    lock.unlock();
    // Another replica may act already: what we have in flight is not ours to finish.
    if (lost) end_writes();
    lock.lock();
    const bool drained = changed.wait_for(lock, options.drain, [&] { return running == 0; });
    lock.unlock();
    if (!drained) end_writes();
  }

  bool has_several_namespaces() const { return options.namespaces.size() > 1; }

  bool sees_all_of(const std::string& namespace_) const {
    const std::lock_guard lock(mutex);
    return watches->sees_all_of(namespace_);
  }

  // With the lock held.
  void wake_returned() {
    for (const std::string& name : watches->take_returned())
      for (const auto& controller : controllers) controller->wake_all_of(name);
  }

  void end_writes() {
    leader_api.refuse_writes();
    api.cancel_waiting();
    client.cancel_writes();
  }

  Result<void> readiness() const {
    const std::lock_guard lock(mutex);
    for (const auto& check : checks)
      if (const auto ready = check(); !ready) return ready;
    if (!watches) return fail(Code::kUnavailable, "Starting", "not started yet");
    return watches->readiness();
  }

  const ManagerOptions options;
  SystemClock clock;
  MonotonicClock monotonic;
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
  std::vector<std::function<Result<void>(std::stop_token)>> preparations;
  std::atomic<int> health_port = 0, metrics_port = 0;

  mutable std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_ptr<Watches> watches;  // GUARDED_BY(mutex)
  bool leading = false;              // GUARDED_BY(mutex)
  std::uint64_t term = 0;            // GUARDED_BY(mutex) Of all in which this process led.
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
  Controller& controller = *impl_->controllers.emplace_back(std::make_unique<Controller>(
      std::move(name), std::move(reconciler), workers, impl_->cache, impl_->monotonic, impl_->metrics));
  // What is half seen looks like what somebody has deleted.
  if (impl_->has_several_namespaces())
    controller.act_only_where([impl = impl_.get()](const std::string& name_of) { return impl->sees_all_of(name_of); });
  return controller;
}

void Manager::add_leader_task(std::function<void(std::stop_token)> task) {
  impl_->leader_tasks.push_back(std::move(task));
}

void Manager::add_preparation(std::function<Result<void>(std::stop_token)> prepare) {
  impl_->preparations.push_back(std::move(prepare));
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
  for (const auto& prepare : impl_->preparations)
    if (const auto ready = prepare(stop); !ready)
      return ready.error().code == Code::kCancelled ? Result<void>() : ready;
  impl_->start_watches();
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
  // After the drain: releases the lease.
  election = {};
  impl_->stop_watches();
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
