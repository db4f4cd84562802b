#pragma once

#include <string>
#include <string_view>

#include "operator/base/result.h"

namespace gyre::kube {

enum class TlsCheck { kVerify, kSkip };

// How to reach one API server and who we are there. PEM members hold the bytes; *_file members are re-read.
struct Config {
  std::string server;  // "https://10.0.0.1:6443", without a path at the end.
  std::string namespace_ = "default";
  std::string ca_pem;
  std::string ca_file;
  TlsCheck tls_check = TlsCheck::kVerify;
  std::string client_cert_pem;
  std::string client_key_pem;
  std::string token;
  std::string token_file;
};

// Reads the current context. `file` is named in errors, and relative paths in the text start at its folder.
Result<Config> parse_kubeconfig(std::string_view yaml, const std::string& file);
Result<Config> load_kubeconfig(const std::string& file);

// What a pod gets from its service account. `folder` holds token, ca.crt and namespace.
Result<Config> in_cluster_config(const std::string& folder = "/var/run/secrets/kubernetes.io/serviceaccount");

// `flag` when not empty, else $KUBECONFIG (its first existing file), else the pod's service account, else
// ~/.kube/config.
Result<Config> find_config(const std::string& flag);

}  // namespace gyre::kube
