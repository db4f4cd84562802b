#include "operator/wiring.h"

#include <fmt/format.h>
#include <unistd.h>

#include "controllers/common/names.h"
#include "controllers/experiment/reconciler.h"
#include "controllers/inference_service/reconciler.h"
#include "controllers/model_version/reconciler.h"
#include "controllers/training_job/reconciler.h"
#include "crds/builtin/config_map.h"
#include "operator/kube/kubeconfig.h"
#include "operator/runtime/manager.h"

namespace gyre {
namespace {

struct NullFleet : wire::Fleet {
  std::vector<wire::AgentReport> agents(const Key&) const override { return {}; }
  void publish(const Key&, const wire::Routes&) override {}
  void profile(const Key&, std::int64_t) override {}
};

runtime::ManagerOptions manager_options(const OperatorOptions& options) {
  runtime::ManagerOptions out;
  out.namespaces = options.namespaces;
  out.instance = options.pod_name;
  out.health = {.health_port = options.health_port, .metrics_port = options.metrics_port};
  if (options.elects_leader)
    out.leadership = {.lease = {options.pod_namespace, "gyre-operator"},
                      .identity = options.pod_name,
                      .address = fmt::format("{}:{}", options.pod_ip, ports::kCollector)};
  return out;
}

// Of kinds that everybody has many of, only ours are kept.
void watch_only_ours(runtime::Cache& cache) {
  const runtime::Selection ours{{{labels::kManagedBy, labels::kManagedByGyre}}};
  cache.declare<Pod>(ours);
  cache.declare<ConfigMap>(ours);
  cache.declare<ControllerRevision>(ours);
  cache.declare<Deployment>(ours);
}

}  // namespace

Result<void> run_operator(const OperatorOptions& options, std::stop_token stop) {
  auto config = kube::find_config(options.kubeconfig);
  if (!config) return fail(config.error());
  runtime::Manager manager(std::move(*config), manager_options(options));
  watch_only_ours(manager.cache());
  const std::string collector_url =
      fmt::format("https://gyre-collector.{}.svc:{}", options.pod_namespace, ports::kCollector);
  NullFleet collector;
  training_job::add_to(manager, {options.worker_image}, options.concurrency);
  experiment::add_to(manager, {}, options.concurrency);
  model_version::add_to(manager, {options.worker_image, collector_url}, options.concurrency);
  inference_service::add_to(manager, collector,
                            {options.agent_image, options.worker_image, collector_url, options.pod_namespace},
                            options.concurrency);
  return manager.run(stop);
}

}  // namespace gyre
