// A kubeconfig; and what a credential plugin that it names may print.

#include "operator/kube/kubeconfig.h"

#include "operator/kube/exec_plugin.h"
#include "tests/fuzz/fuzz.h"

namespace gyre::kube {
namespace {

void check_credential(std::string_view printed) {
  const auto credential = parse_exec_credential(printed, "client.authentication.k8s.io/v1");
  if (!credential) return fuzz::check_error(credential.error());
  CHECK(!credential->token.empty() || !credential->cert_pem.empty());
  CHECK(credential->cert_pem.empty() == credential->key_pem.empty());
  CHECK(credential->token.find('\n') == std::string::npos);
}

}  // namespace
}  // namespace gyre::kube

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gyre::kube::check_credential(gyre::fuzz::text_of(data, size));
  const auto config = gyre::kube::parse_kubeconfig(gyre::fuzz::text_of(data, size), "/nonexistent/config");
  if (!config) {
    gyre::fuzz::check_error(config.error());
    return 0;
  }
  CHECK(config->server.starts_with("https://") || config->server.starts_with("http://"));
  CHECK(!config->server.ends_with('/'));
  CHECK(!config->namespace_.empty());
  CHECK(config->client_cert_pem.empty() == config->client_key_pem.empty());
  if (config->exec && !config->exec->cluster.empty()) CHECK(nlohmann::json::accept(config->exec->cluster));
  return 0;
}
