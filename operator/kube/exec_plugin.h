#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "operator/base/clock.h"
#include "operator/base/result.h"

namespace gyre::kube {

// A kubeconfig user's program that hands out credentials (client.authentication.k8s.io).
struct ExecPlugin {
  std::string api_version;  // "client.authentication.k8s.io/v1" or …/v1beta1
  std::string command;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string install_hint;
  std::string cluster;  // The JSON of spec.cluster; empty unless provideClusterInfo.
  Duration timeout = std::chrono::seconds(30);
};

// What it handed out: a token, a certificate with its key, or both.
struct ExecCredential {
  std::string token, cert_pem, key_pem;
  std::optional<Time> expires_at;
};

Result<ExecCredential> parse_exec_credential(std::string_view json, std::string_view api_version);

// Runs the program. An error says how it ended, what it wrote to standard error, and the kubeconfig's install hint.
// Blocks for as long as `timeout`.
Result<ExecCredential> run_exec_plugin(const ExecPlugin& plugin, std::stop_token stop = {});

}  // namespace gyre::kube
