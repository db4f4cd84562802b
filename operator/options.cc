#include "operator/options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <random>

namespace gyre {
namespace {

// CLI11's own durations have other units than Kubernetes'.
void add_duration(CLI::App& app, const std::string& flag, Duration& value, const std::string& help) {
  app.add_option_function<std::string>(
         flag, [&value](const std::string& text) { value = *parse_duration(text); }, help)
      ->check([](const std::string& text) {
        const Result<Duration> parsed = parse_duration(text);
        return parsed ? std::string() : parsed.error().message;
      })
      ->type_name("DURATION")
      ->default_str(format_duration(value));
}

std::string check_namespace(const std::string& name) {
  const auto is_inner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  const bool is_label = !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), is_inner) &&
                        name.front() != '-' && name.back() != '-';
  return is_label ? "" : "\"" + name + "\" is no name of a namespace: lower-case letters, digits and dashes";
}

// Of a process that is not in a pod. Two on one host must not both believe that a lease is theirs.
std::string make_name() {
  std::array<char, 64> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {"gyre-operator"};
  return fmt::format("{}-{:08x}", host.data(), std::random_device{}());
}

constexpr const char* kKinds[] = {"TrainingJob", "Experiment", "ModelVersion", "InferenceService", "DriftMonitor"};
constexpr int kMostWorkers = 64;

// "4", or "TrainingJob=4".
std::string read_concurrency(const std::string& text, Concurrency& concurrency) {
  const std::size_t equals = text.find('=');
  const std::string kind = equals == std::string::npos ? "" : text.substr(0, equals);
  const std::string number = text.substr(equals == std::string::npos ? 0 : equals + 1);
  int workers = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), workers);
  if (error != std::errc() || end != number.data() + number.size() || workers < 1 || workers > kMostWorkers)
    return "\"" + text + "\": must be a number from 1 to 64, or <kind>=<number>";
  if (equals == std::string::npos) {
    concurrency.usual = workers;
    return {};
  }
  if (std::find(std::begin(kKinds), std::end(kKinds), kind) == std::end(kKinds))
    return "\"" + kind + "\" is no kind of ours: TrainingJob, Experiment, ModelVersion, InferenceService, DriftMonitor";
  concurrency.by_kind[kind] = workers;
  return {};
}

void add_concurrency(CLI::App& app, Concurrency& concurrency) {
  app.add_option_function<std::vector<std::string>>(
         "--concurrency",
         [&concurrency](const std::vector<std::string>& given) {
           for (const std::string& text : given)
             if (const std::string wrong = read_concurrency(text, concurrency); !wrong.empty())
               throw CLI::ValidationError("--concurrency", wrong);
         },
         "Objects of each kind that are reconciled at the same time, or of one: --concurrency=TrainingJob=4; "
         "repeatable")
      ->type_name("[KIND=]N")
      ->default_str("2");
}

void add_api_rate(CLI::App& app, runtime::Rate& rate) {
  app.add_option("--kube-api-qps", rate.qps,
                 "Requests a second to the API server on average, watches and the lease aside; 0 leaves the limit to "
                 "the API server's priority and fairness")
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--kube-api-burst", rate.burst, "Requests that may come at once when --kube-api-qps is set")
      ->check(CLI::Range(1, 1'000'000));
}

void add_leader_election(CLI::App& app, OperatorOptions& options) {
  app.add_flag("!--no-leader-election", options.elects_leader, "Leads at once: for a single process");
  add_duration(app, "--leader-lease-duration", options.lease.lease_duration,
               "How long a dead leader's Lease keeps others waiting; whole seconds");
  add_duration(app, "--leader-renew-deadline", options.lease.renew_deadline,
               "A leader that could not renew for so long leads no more; shorter than the lease");
  add_duration(app, "--leader-retry-period", options.lease.retry_period,
               "Time between renewals, and between a standby's looks; shorter than the deadline");
  app.final_callback([&options] {
    if (const auto timing = runtime::check(options.lease); !timing)
      throw CLI::ValidationError("--leader-lease-duration", timing.error().message);
  });
}

}  // namespace

std::optional<OperatorOptions> parse_options(int argc, char** argv, int& exit_code) {
  OperatorOptions options;
  CLI::App app{"Gyre's operator: the whole life of a model on Kubernetes.", "gyre-operator"};
  app.add_option("--kubeconfig", options.kubeconfig, "File; without it $KUBECONFIG, the pod's account, ~/.kube/config");
  app.add_option("--namespace", options.namespaces, "Namespace to watch, repeatable; without it all of them")
      ->check(check_namespace);
  app.add_option("--agent-image", options.agent_image, "Image of the serving pods' agent")->required();
  app.add_option("--worker-image", options.worker_image, "Image of fetch, publish and evaluate")->required();
  app.add_option("--webhook-configuration", options.webhook_configuration,
                 "ValidatingWebhookConfiguration that gets our CA; without it no webhook is served");
  app.add_option("--certificate-folder", options.certificate_folder,
                 "Folder of tls.crt, tls.key and ca.crt, read again when they change; without it we make our own");
  app.add_option("--otlp-endpoint", options.otlp_endpoint,
                 "Where traces go, as http://collector:4318; without it $OTEL_EXPORTER_OTLP_ENDPOINT, or nowhere");
  add_concurrency(app, options.concurrency);
  add_api_rate(app, options.api_rate);
  app.add_option("--health-port", options.health_port, "Port of /healthz and /readyz")->check(CLI::Range(0, 65535));
  app.add_option("--metrics-port", options.metrics_port, "Port of /metrics")->check(CLI::Range(0, 65535));
  app.add_option("--webhook-port", options.webhook_port, "Port of the admission webhooks")->check(CLI::Range(0, 65535));
  app.add_option("--collector-port", options.collector_port, "Port that agents and workers report to")
      ->check(CLI::Range(1, 65535));
  add_leader_election(app, options);
  app.add_option("--pod-name", options.pod_name, "Who we are in the Lease and in events; without it a name by chance")
      ->envname("POD_NAME");
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
  if (options.pod_name.empty()) options.pod_name = make_name();
  return options;
}

}  // namespace gyre
