#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "operator/kube/client.h"
#include "operator/runtime/api.h"
#include "operator/runtime/apply.h"
#include "operator/runtime/cache.h"
#include "operator/runtime/controller.h"
#include "operator/runtime/events.h"
#include "operator/runtime/health.h"
#include "operator/runtime/leader.h"
#include "operator/runtime/metrics.h"
#include "operator/runtime/reflector.h"

namespace gyre::runtime {

struct ManagerOptions {
  std::vector<std::string> namespaces;      // Empty: the whole cluster.
  std::optional<LeaderOptions> leadership;  // Without it this process always leads.
  std::optional<HealthOptions> health;      // Without it no server is started.
  std::string instance = "gyre-operator";   // This pod's name, in events.
  Reflector::Timing timing;
  Rate rate;                                  // Of what reconcilers ask the API server; watches and the lease are free.
  Duration drain = std::chrono::seconds(20);  // How long running reconciles may take to end.
};

// Owns and wires everything: client, cache, reflectors, election, controllers, health. In order: construct, declare
// controllers and kinds, run.
class Manager {
 public:
  Manager(kube::Config config, ManagerOptions options);
  ~Manager();
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  kube::Client& client();
  Cache& cache();
  Api& api();
  // The same for leader tasks: a replica that no longer leads reads, and writes nothing.
  Api& leader_api();
  Applier& applier();
  EventRecorder& events();
  Metrics& metrics();
  const Clock& clock() const;

  // The reference stays valid as long as the manager.
  Controller& add(std::string name, std::unique_ptr<Reconciler> reconciler, int workers = 2);

  // Work that only the leader does beside the controllers, as the collector's; it must return soon after its stop.
  void add_leader_task(std::function<void(std::stop_token)> task);
  // What must be there before anything is watched, as certificates. May wait, until its stop; probes are answered
  // meanwhile. Its error ends `run`, kCancelled without one.
  void add_preparation(std::function<Result<void>(std::stop_token)> prepare);
  // A further reason not to be ready, as a webhook whose certificate is not trusted yet.
  void add_readiness(std::function<Result<void>()> check);

  // Blocks until `stop`: serves probes and metrics, prepares, fills the caches, waits to lead, runs the controllers; on
  // losing the lease it goes back to waiting. An error only when a port cannot be had, or of a preparation.
  Result<void> run(std::stop_token stop);

  bool is_leader() const;
  // Who leads, for redirects.
  LeaderElector::Holder leader() const;
  // Nothing once every cache is filled and no watch is stale.
  Result<void> readiness() const;
  // Ports as bound; 0 before `run`.
  int health_port() const;
  int metrics_port() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gyre::runtime
