#include "operator/options.h"

#include <CLI/CLI.hpp>

namespace gyre {

std::optional<OperatorOptions> parse_options(int argc, char** argv, int& exit_code) {
  OperatorOptions options;
  CLI::App app{"Gyre's operator: the whole life of a model on Kubernetes.", "gyre-operator"};
  app.add_option("--kubeconfig", options.kubeconfig, "File; without it $KUBECONFIG, the pod's account, ~/.kube/config");
  app.add_option("--namespace", options.namespaces, "Namespace to watch, repeatable; without it all of them");
  app.add_option("--agent-image", options.agent_image, "Image of the serving pods' agent")->required();
  app.add_option("--worker-image", options.worker_image, "Image of fetch, publish and evaluate")->required();
  app.add_option("--webhook-configuration", options.webhook_configuration,
                 "ValidatingWebhookConfiguration that gets our CA; without it no webhook is served");
  app.add_option("--concurrency", options.concurrency, "Workers of each controller")->check(CLI::Range(1, 64));
  app.add_option("--health-port", options.health_port, "Port of /healthz and /readyz")->check(CLI::Range(0, 65535));
  app.add_option("--metrics-port", options.metrics_port, "Port of /metrics")->check(CLI::Range(0, 65535));
  app.add_flag("!--no-leader-election", options.elects_leader, "Leads at once: for a single process");
  app.add_option("--pod-name", options.pod_name, "Who we are in the Lease and in events")->envname("POD_NAME");
  app.add_option("--pod-namespace", options.pod_namespace, "Namespace of the release")->envname("POD_NAMESPACE");
  app.add_option("--pod-ip", options.pod_ip, "Where agents reach us when we lead")->envname("POD_IP");
  app.add_option("--log-level", options.log_level, "debug, info, warn or error")
      ->transform(CLI::CheckedTransformer(std::map<std::string, log::Level>{{"debug", log::Level::kDebug},
                                                                            {"info", log::Level::kInfo},
                                                                            {"warn", log::Level::kWarn},
                                                                            {"error", log::Level::kError}}));
  app.add_option("--log-format", options.log_format, "json or text")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, log::Format>{{"json", log::Format::kJson}, {"text", log::Format::kText}}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error);
    return std::nullopt;
  }
  return options;
}

}  // namespace gyre
