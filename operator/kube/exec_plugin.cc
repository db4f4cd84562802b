#include "operator/kube/exec_plugin.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "operator/base/text.h"
#include "operator/base/utf8.h"
#include "operator/kube/subprocess.h"

namespace gyre::kube {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kQuotedErrors = 500;

std::string text_at(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::unexpected<Error> bad(std::string why) {
  return fail(Code::kUnauthorized, "CredentialPluginFailed", std::move(why));
}

std::string exec_info(const ExecPlugin& plugin) {
  Json info = {{"apiVersion", plugin.api_version}, {"kind", "ExecCredential"}, {"spec", {{"interactive", false}}}};
  if (!plugin.cluster.empty()) info["spec"]["cluster"] = Json::parse(plugin.cluster);
  return info.dump();
}

std::string hint(const ExecPlugin& plugin) {
  return plugin.install_hint.empty() ? "" : "; " + std::string(trim(plugin.install_hint));
}

std::string quoted_errors(const Ended& ended) {
  std::string_view said = trim(ended.err);
  if (said.size() > kQuotedErrors) said.remove_prefix(said.size() - kQuotedErrors);
  return said.empty() ? "" : fmt::format(": {}", excerpt(said, kQuotedErrors));
}

}  // namespace

Result<ExecCredential> parse_exec_credential(std::string_view json, std::string_view api_version) {
  const Json answer = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return bad("its output is not a JSON object");
  if (text_at(answer, "kind") != "ExecCredential") return bad("its output is not of kind ExecCredential");
  if (const std::string version = text_at(answer, "apiVersion"); version != api_version)
    return bad(fmt::format("it answered in apiVersion \"{}\", but the kubeconfig asks for {}", version, api_version));
  const auto status = answer.find("status");
  if (status == answer.end() || !status->is_object()) return bad("its output has no status");
  ExecCredential credential{text_at(*status, "token"), text_at(*status, "clientCertificateData"),
                            text_at(*status, "clientKeyData"), std::nullopt};
  if (credential.cert_pem.empty() != credential.key_pem.empty())
    return bad("it gave one of clientCertificateData and clientKeyData without the other");
  if (credential.token.empty() && credential.cert_pem.empty()) return bad("it gave neither a token nor a certificate");
  // It becomes a header, which a line break would end.
  if (credential.token.find_first_of("\r\n") != std::string::npos) return bad("its token has a line break");
  if (const std::string expires = text_at(*status, "expirationTimestamp"); !expires.empty()) {
    const Result<Time> time = parse_time(expires);
    if (!time) return bad(fmt::format("its expirationTimestamp \"{}\" is no time", expires));
    credential.expires_at = *time;
  }
  return credential;
}

Result<ExecCredential> run_exec_plugin(const ExecPlugin& plugin, std::stop_token stop) {
  Program program;
  program.command = plugin.command;
  program.args = plugin.args;
  program.env = plugin.env;
  program.env.emplace_back("KUBERNETES_EXEC_INFO", exec_info(plugin));
  program.timeout = plugin.timeout;
  const Result<Ended> ended = run_program(program, stop);
  if (!ended && ended.error().code == Code::kCancelled) return fail(ended.error());
  if (!ended) return bad(fmt::format("credential plugin: {}{}", ended.error().message, hint(plugin)));
  if (ended->exit_code != 0)
    return bad(fmt::format("credential plugin {} ended with {}{}{}", plugin.command, ended->exit_code,
                           quoted_errors(*ended), hint(plugin)));
  Result<ExecCredential> credential = parse_exec_credential(ended->out, plugin.api_version);
  if (!credential) return bad(fmt::format("credential plugin {}: {}", plugin.command, credential.error().message));
  return credential;
}

}  // namespace gyre::kube
