#include "operator/wiring.h"

#include <fmt/format.h>

#include "controllers/common/names.h"
#include "controllers/drift_monitor/reconciler.h"
#include "controllers/experiment/reconciler.h"
#include "controllers/inference_service/reconciler.h"
#include "controllers/model_version/reconciler.h"
#include "controllers/training_job/reconciler.h"
#include "crds/builtin/config_map.h"
#include "operator/collector/collector.h"
#include "operator/kube/kubeconfig.h"
#include "operator/metrics/domain_metrics.h"
#include "operator/runtime/manager.h"
#include "operator/trace/exporter.h"
#include "webhooks/webhooks.h"

namespace gyre {
namespace {

constexpr char kSpans[] = "gyre_trace_spans_total";

runtime::ManagerOptions manager_options(const OperatorOptions& options) {
  runtime::ManagerOptions out;
  out.namespaces = options.namespaces;
  out.instance = options.pod_name;
  out.rate = options.api_rate;
  out.health = {.health_port = options.health_port, .metrics_port = options.metrics_port};
  if (options.elects_leader)
    out.leadership = {.lease = {options.pod_namespace, "gyre-operator"},
                      .identity = options.pod_name,
                      .address = fmt::format("{}:{}", options.pod_ip, options.collector_port),
                      .timing = options.lease};
  return out;
}

// Of kinds that everybody has many of, only ours are kept. Not so of Jobs and Services: somebody else's under a name
// that we need must be seen before anything is started, and one of ours that lost its label is still there.
void watch_only_ours(runtime::Cache& cache) {
  const runtime::Selection ours{{{labels::kManagedBy, labels::kManagedByGyre}}};
  cache.declare<Pod>(ours);
  cache.declare<ConfigMap>(ours);
  cache.declare<ControllerRevision>(ours);
  cache.declare<Deployment>(ours);
}

// Nothing when nobody is to get traces.
Result<std::unique_ptr<trace::Exporter>> make_exporter(const OperatorOptions& options, runtime::Metrics& metrics) {
  auto settings = trace::read_settings(options.otlp_endpoint, trace::process_environment());
  if (!settings) return fail(settings.error());
  if (!*settings) return nullptr;
  log::info("Traces are exported", {{"url", (*settings)->url}});
  metrics.declare_counter(kSpans, "Spans by what became of them: exported, queue_full or failed.");
  return std::make_unique<trace::Exporter>(
      **std::move(settings),
      [&metrics](trace::Outcome outcome, std::int64_t spans) {
        metrics.add(kSpans, {{"outcome", std::string(to_string(outcome))}}, static_cast<double>(spans));
      },
      [](const Error& error) { log::warn("Traces cannot be exported", {{"error", error.message}}); });
}

collector::Options collector_options(const OperatorOptions& options, const webhooks::Webhooks& hooks) {
  collector::Options out;
  out.port = options.collector_port;
  out.certificate = [&hooks] { return Result<serve::KeyPair>(hooks.certificates()); };
  // Who watches some namespaces has no rights beyond them.
  if (!options.namespaces.empty()) out.tokens = collector::TokenCheck::kPublishedKeys;
  out.namespaces = options.namespaces;
  return out;
}

void add_controllers(runtime::Manager& manager, collector::Collector& collector, const OperatorOptions& options) {
  const std::string url = fmt::format("https://gyre-collector.{}.svc:{}", options.pod_namespace, ports::kCollector);
  const Concurrency& workers = options.concurrency;
  training_job::add_to(manager, {options.worker_image}, workers.of("TrainingJob"));
  experiment::add_to(manager, {}, workers.of("Experiment"));
  model_version::add_to(manager, {options.worker_image, url}, workers.of("ModelVersion"));
  drift_monitor::add_to(manager, {options.worker_image}, workers.of("DriftMonitor"));
  runtime::Controller& serving = inference_service::add_to(
      manager, collector.fleet(), {options.agent_image, options.worker_image, url, options.pod_namespace},
      workers.of("InferenceService"));
  collector.on_change([&serving](const Key& service) { serving.wake(service); });
}

}  // namespace

Result<void> run_operator(const OperatorOptions& options, std::stop_token stop) {
  auto config = kube::find_config(options.kubeconfig);
  if (!config) return fail(config.error());
  runtime::Manager manager(std::move(*config), manager_options(options));
  const auto tracing = make_exporter(options, manager.metrics());
  if (!tracing) return fail(tracing.error());
  watch_only_ours(manager.cache());
  webhooks::Webhooks hooks(manager, {.namespace_ = options.pod_namespace,
                                     .configuration = options.webhook_configuration,
                                     .certificate_folder = options.certificate_folder,
                                     .server = {.port = options.webhook_port}});
  collector::Collector collector(manager, collector_options(options, hooks));
  const metrics::DomainMetrics measured(manager);
  add_controllers(manager, collector, options);

  manager.add_preparation([&hooks](std::stop_token token) { return hooks.start(token); });
  manager.add_preparation([&collector](std::stop_token) { return collector.start(); });
  auto ended = manager.run(stop);
  collector.stop();
  hooks.stop();
  return ended;
}

}  // namespace gyre
