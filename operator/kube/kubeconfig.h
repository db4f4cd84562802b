#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "operator/base/result.h"
#include "operator/kube/exec_plugin.h"

namespace gyre::kube {

enum class TlsCheck { kVerify, kSkip };

// How to reach one API server and who we are there. PEM members hold the bytes; *_file members are re-read.
struct Config {
  std::string server;  // "https://10.0.0.1:6443", without a slash at the end.
  std::string namespace_ = "default";
  std::string ca_pem;
  std::string ca_file;
  TlsCheck tls_check = TlsCheck::kVerify;
  std::string tls_server_name;  // What its certificate is made out to; empty: the server's own name.
  std::string proxy_url;        // Empty: as the environment says (proxy.h).
  std::string client_cert_pem, client_cert_file;
  std::string client_key_pem, client_key_file;
  std::string token;
  std::string token_file;
  std::optional<ExecPlugin> exec;
};

// Reads the current context. `file` is named in errors, and relative paths in the text start at its folder.
Result<Config> parse_kubeconfig(std::string_view yaml, const std::string& file);
Result<Config> load_kubeconfig(const std::string& file);

// What a pod gets from its service account. `folder` holds token, ca.crt and namespace.
Result<Config> in_cluster_config(const std::string& folder = "/var/run/secrets/kubernetes.io/serviceaccount");

// `flag` when not empty, else $KUBECONFIG (its existing files as one, as kubectl takes them), else the pod's service
// account, else ~/.kube/config.
Result<Config> find_config(const std::string& flag);

}  // namespace gyre::kube
