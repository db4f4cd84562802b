#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controllers/common/names.h"
#include "operator/runtime/leader.h"
#include "operator/runtime/log.h"
#include "operator/runtime/rate_limiter.h"

namespace gyre {

// How many objects of a kind are reconciled at the same time.
struct Concurrency {
  int usual = 2;
  std::map<std::string, int> by_kind;  // "TrainingJob" → 4

  int of(const std::string& kind) const {
    const auto own = by_kind.find(kind);
    return own == by_kind.end() ? usual : own->second;
  }
};

// What gyre-operator is started with: flags, and what the pod says of itself in its environment.
struct OperatorOptions {
  std::string kubeconfig;               // Empty: as kube::find_config says.
  std::vector<std::string> namespaces;  // Empty: all.
  std::string agent_image;
  std::string worker_image;
  std::string webhook_configuration;  // Empty: no webhooks are served.
  std::string certificate_folder;     // Empty: we make our own certificates.
  std::string otlp_endpoint;          // Empty: as OpenTelemetry's variables say.
  std::string pod_name;               // Never empty once parsed, and no other process has it.
  std::string pod_namespace = "gyre-system";
  std::string pod_ip = "127.0.0.1";
  Concurrency concurrency;
  runtime::Rate api_rate;  // Of what controllers ask the API server; by default without limit.
  int health_port = 8081;
  int metrics_port = 8443;
  int webhook_port = 9443;
  int collector_port = ports::kCollector;
  bool elects_leader = true;
  runtime::LeaseTiming lease;
  log::Level log_level = log::Level::kInfo;
  log::Format log_format = log::Format::kJson;
};

// Nothing when the process is to end at once with `exit_code`: help was asked for, or a flag is wrong, which was said.
std::optional<OperatorOptions> parse_options(int argc, char** argv, int& exit_code);

}  // namespace gyre
