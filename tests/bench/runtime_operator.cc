// runtime_operator: an operator of InferenceServices on operator/runtime, for `make bench` to measure beside the one of
// tests/bench/twin on controller-runtime. It makes the children, waits for the Deployment and says so in the status.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <thread>

#include "controllers/common/conditions.h"
#include "controllers/common/names.h"
#include "crds/builtin/config_map.h"
#include "crds/builtin/deployment.h"
#include "crds/builtin/service.h"
#include "operator/base/signals.h"
#include "operator/kube/kubeconfig.h"
#include "operator/runtime/log.h"
#include "operator/runtime/manager.h"
#include "tests/bench/runtime_children.h"

namespace gyre::bench {
namespace {

Plan<InferenceServiceStatus> decide(const InferenceService& service, const Deployment* deployment, Time now) {
  const bool ready = deployment && deployment->status.available_replicas == service.spec.predictor.min_replicas;
  Plan<InferenceServiceStatus> plan;
  plan.applies = make_children(service);
  plan.status = service.status;
  plan.status.phase = ready ? ServicePhase::kReady : ServicePhase::kProgressing;
  set_condition(plan.status.conditions,
                {"Ready", ready ? ConditionStatus::kTrue : ConditionStatus::kFalse, ready ? "Available" : "Starting",
                 ready ? "Every replica is available." : "Waiting for replicas to become available."},
                service.metadata.generation, now);
  set_observed_generation(plan.status, service.metadata.generation);
  return plan;
}

class BenchReconciler final : public runtime::Reconciler {
 public:
  explicit BenchReconciler(runtime::Manager& manager) : manager_(manager) {}

  Result<runtime::Next> reconcile(const Key& key) override {
    const auto service = manager_.cache().get<InferenceService>(key);
    if (!service) return runtime::Next{};
    const auto deployment = manager_.cache().get<Deployment>({key.namespace_, deployment_name(*service)});
    return runtime::apply(manager_.applier(), *service, decide(*service, deployment.get(), manager_.clock().now()));
  }

 private:
  runtime::Manager& manager_;
};

struct Settings {
  std::string kubeconfig;
  int workers = 1;
  bool elects_leader = false;
  runtime::HealthOptions health{.address = "127.0.0.1", .health_port = 0, .metrics_port = 0};
};

// Two processes of a turn have the same host, and different numbers.
std::optional<runtime::LeaderOptions> leadership(const Settings& settings) {
  if (!settings.elects_leader) return std::nullopt;
  return runtime::LeaderOptions{.lease = {"default", "runtime-operator"}, .identity = fmt::format("{}", getpid())};
}

Result<void> run(const Settings& settings, std::stop_token stop) {
  auto config = kube::load_kubeconfig(settings.kubeconfig);
  if (!config) return fail(config.error());
  runtime::Manager manager(
      std::move(*config),
      {.leadership = leadership(settings), .health = settings.health, .instance = "runtime-operator"});
  const runtime::Selection ours{{{labels::kManagedBy, labels::kManagedByGyre}}};
  manager.cache().declare<ControllerRevision>(ours);
  manager.cache().declare<Deployment>(ours);
  manager.cache().declare<Service>(ours);
  manager.cache().declare<ConfigMap>(ours);
  manager.add("inferenceservice", std::make_unique<BenchReconciler>(manager), settings.workers)
      .reconciles<InferenceService>()
      .owns<ControllerRevision>()
      .owns<Deployment>()
      .owns<Service>()
      .owns<ConfigMap>();
  return manager.run(stop);
}

std::jthread stop_on_signal(std::stop_source stop) {
  return std::jthread([stop](std::stop_token ended) mutable {
    if (wait_for_ending_signal(ended)) stop.request_stop();
  });
}

}  // namespace
}  // namespace gyre::bench

int main(int argc, char** argv) {
  gyre::bench::Settings settings;
  CLI::App app{"An operator on operator/runtime, for the runtime benchmark.", "runtime_operator"};
  app.add_option("--kubeconfig", settings.kubeconfig)->required();
  app.add_option("--workers", settings.workers)->required();
  app.add_option("--metrics-port", settings.health.metrics_port)->required();
  app.add_flag("--leader-election", settings.elects_leader);
  CLI11_PARSE(app, argc, argv);

  gyre::log::set_up(gyre::log::Format::kText, gyre::log::Level::kInfo);
  gyre::block_ending_signals();
  std::stop_source stop;
  const std::jthread watcher = gyre::bench::stop_on_signal(stop);
  const auto ended = gyre::bench::run(settings, stop.get_token());
  if (!ended) gyre::log::error("Cannot run", {{"reason", ended.error().reason}, {"error", ended.error().message}});
  return ended ? 0 : 1;
}
