#include "operator/kube/kubeconfig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "operator/base/utf8.h"
#include "tests/support/environment.h"

namespace gyre::kube {
namespace {

using support::Folder;
using support::Variable;
using testing::HasSubstr;

std::string kubeconfig(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: main\n"
         "contexts:\n- name: other\n  context: {cluster: none}\n"
         "- name: main\n  context: {cluster: c, user: u, namespace: team-a}\n"
         "clusters:\n- name: c\n  cluster: " +
         cluster + "\nusers:\n- name: u\n  user: " + user + "\n";
}

TEST(Kubeconfig, AClientCertificateComesFromBase64Data) {
  // "CA", "CERT" and "KEY".
  const auto config =
      parse_kubeconfig(kubeconfig("{server: 'https://10.0.0.1:6443/', certificate-authority-data: Q0E=}",
                                  "{client-certificate-data: Q0VSVA==, client-key-data: S0VZ}"),
                       "config");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->server, "https://10.0.0.1:6443");
  EXPECT_EQ(config->namespace_, "team-a");
  EXPECT_EQ(config->ca_pem, "CA");
  EXPECT_EQ(config->client_cert_pem, "CERT");
  EXPECT_EQ(config->client_key_pem, "KEY");
  EXPECT_EQ(config->tls_check, TlsCheck::kVerify);
  EXPECT_EQ(config->token, "");
}

TEST(Kubeconfig, FilesAreFoundBesideTheKubeconfig) {
  const Folder folder;
  folder.write("ca.pem", "ca bytes");
  folder.write("cert.pem", "cert bytes");
  folder.write("key.pem", "key bytes");
  const std::string file =
      folder.write("config", kubeconfig("{server: 'https://h', certificate-authority: ca.pem}",
                                        "{client-certificate: cert.pem, client-key: key.pem, tokenFile: token}"));
  const auto config = load_kubeconfig(file);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->ca_pem, "ca bytes");
  EXPECT_EQ(config->ca_file, folder.path() + "/ca.pem");
  EXPECT_EQ(config->client_cert_pem, "cert bytes");
  EXPECT_EQ(config->client_cert_file, folder.path() + "/cert.pem");
  EXPECT_EQ(config->client_key_pem, "key bytes");
  EXPECT_EQ(config->client_key_file, folder.path() + "/key.pem");
  EXPECT_EQ(config->token_file, folder.path() + "/token");
}

TEST(Kubeconfig, ATokenAndSkippedVerificationAreTaken) {
  const auto config =
      parse_kubeconfig(kubeconfig("{server: 'https://h', insecure-skip-tls-verify: true}", "{token: abc}"), "config");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->token, "abc");
  EXPECT_EQ(config->tls_check, TlsCheck::kSkip);
}

TEST(Kubeconfig, ServerNameAndProxyAreTaken) {
  const auto config = parse_kubeconfig(
      kubeconfig("{server: 'https://10.0.0.1', tls-server-name: api.example.org, proxy-url: 'http://proxy:3128'}",
                 "{}"),
      "config");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->tls_server_name, "api.example.org");
  EXPECT_EQ(config->proxy_url, "http://proxy:3128");
}

TEST(Kubeconfig, AnExecPluginIsReadWithAllThatItIsTold) {
  const auto config = parse_kubeconfig(
      kubeconfig("{server: 'https://h', certificate-authority-data: Q0E=, tls-server-name: n}",
                 "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./bin/login, args: [get, token],"
                 " env: [{name: REGION, value: eu}], installHint: see example.org, provideClusterInfo: true,"
                 " interactiveMode: IfAvailable}}"),
      "/home/me/config");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_TRUE(config->exec);
  EXPECT_EQ(config->exec->api_version, "client.authentication.k8s.io/v1beta1");
  EXPECT_EQ(config->exec->command, "/home/me/./bin/login");
  EXPECT_EQ(config->exec->args, (std::vector<std::string>{"get", "token"}));
  EXPECT_EQ(config->exec->env, (std::vector<std::pair<std::string, std::string>>{{"REGION", "eu"}}));
  EXPECT_EQ(config->exec->install_hint, "see example.org");
  EXPECT_EQ(
      nlohmann::json::parse(config->exec->cluster),
      (nlohmann::json{{"server", "https://h"}, {"certificate-authority-data", "Q0E="}, {"tls-server-name", "n"}}));
}

TEST(Kubeconfig, AContextWithoutUserIsAnonymous) {
  const auto config = parse_kubeconfig(
      "current-context: m\ncontexts: [{name: m, context: {cluster: c}}]\n"
      "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\n",
      "config");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->namespace_, "default");
  EXPECT_EQ(config->token, "");
}

TEST(Kubeconfig, IsUtf8) {
  EXPECT_THAT(parse_kubeconfig("current-context: caf\xe9\ncontexts: []\n", "config").error().message,
              HasSubstr("config: is not UTF-8"));
  const auto half = parse_kubeconfig("a: \"\\\u00e9\"", "config");
  ASSERT_FALSE(half);
  EXPECT_TRUE(is_utf8(half.error().message)) << "the YAML library quotes the first byte of what follows a backslash";
}

struct BadCase {
  std::string name;
  std::string yaml;
  std::string says;
};

class BadKubeconfig : public testing::TestWithParam<BadCase> {};

TEST_P(BadKubeconfig, NamesFileAndField) {
  const auto config = parse_kubeconfig(GetParam().yaml, "/home/me/config");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("/home/me/config"));
  EXPECT_THAT(config.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadKubeconfig,
    testing::Values(
        BadCase{"NotYaml", "a: [", "is not YAML"}, BadCase{"NoMapping", "- a\n", "no mapping"},
        BadCase{"Empty", "", "no mapping"}, BadCase{"NoCurrentContext", "contexts: []\n", "current-context"},
        BadCase{"UnknownContext", "current-context: gone\n", "contexts: has no entry named \"gone\""},
        BadCase{"UnknownCluster", "current-context: m\ncontexts: [{name: m, context: {cluster: c}}]\n",
                "clusters: has no entry named \"c\""},
        BadCase{"NoServer", kubeconfig("{}", "{}"), "server"},
        BadCase{"ServerWithoutAHost", kubeconfig("{server: \"https://\"}", "{}"), "server"},
        BadCase{"ServerOfAPortAlone", kubeconfig("{server: \"https://:6443\"}", "{}"), "server"},
        BadCase{"ServerWithoutScheme", kubeconfig("{server: '10.0.0.1:6443'}", "{}"), "https://"},
        BadCase{"BadBase64", kubeconfig("{server: 'https://h', certificate-authority-data: '***'}", "{}"),
                "certificate-authority-data: is not base64"},
        BadCase{"CertificateWithoutKey", kubeconfig("{server: 'https://h'}", "{client-certificate-data: Q0E=}"),
                "needs client-key"},
        BadCase{"MissingFile", kubeconfig("{server: 'https://h', certificate-authority: nowhere.pem}", "{}"),
                "/home/me/nowhere.pem"},
        BadCase{"Password", kubeconfig("{server: 'https://h'}", "{username: me, password: secret}"),
                "username: passwords are not accepted"},
        BadCase{"AuthProvider", kubeconfig("{server: 'https://h'}", "{auth-provider: {name: gcp}}"),
                "replaced by exec"},
        BadCase{"Impersonation", kubeconfig("{server: 'https://h'}", "{token: t, as: admin}"),
                "acting as somebody else is not supported"},
        BadCase{"ProxyOfUnknownScheme", kubeconfig("{server: 'https://h', proxy-url: 'ftp://p'}", "{}"),
                "proxy-url: \"ftp://p\" must be"},
        BadCase{"OldExecPlugin",
                kubeconfig("{server: 'https://h'}",
                           "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: aws}}"),
                "exec.apiVersion: must be"},
        BadCase{"ExecWithoutCommand",
                kubeconfig("{server: 'https://h'}", "{exec: {apiVersion: client.authentication.k8s.io/v1}}"),
                "exec.command: is not set"},
        BadCase{
            "ExecThatAsks",
            kubeconfig("{server: 'https://h'}",
                       "{exec: {apiVersion: client.authentication.k8s.io/v1, command: a, interactiveMode: Always}}"),
            "exec.interactiveMode: is Always"}),
    [](const auto& info) { return info.param.name; });

TEST(Kubeconfig, AFileThatIsNotThereIsNamed) {
  const auto config = load_kubeconfig("/nowhere/config");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, Code::kNotFound);
  EXPECT_THAT(config.error().message, HasSubstr("/nowhere/config"));
}

TEST(InCluster, TheServiceAccountIsRead) {
  const Variable host("KUBERNETES_SERVICE_HOST", "10.96.0.1");
  const Variable port("KUBERNETES_SERVICE_PORT", "443");
  const Folder folder;
  folder.write("token", "secret\n");
  folder.write("ca.crt", "ca bytes");
  folder.write("namespace", "gyre-system");
  const auto config = in_cluster_config(folder.path());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->server, "https://10.96.0.1:443");
  EXPECT_EQ(config->token, "secret");
  EXPECT_EQ(config->token_file, folder.path() + "/token");
  EXPECT_EQ(config->ca_pem, "ca bytes");
  EXPECT_EQ(config->ca_file, folder.path() + "/ca.crt");
  EXPECT_EQ(config->namespace_, "gyre-system");
}

TEST(InCluster, AnIpv6AddressGetsBrackets) {
  const Variable host("KUBERNETES_SERVICE_HOST", "fd00::1");
  const Variable port("KUBERNETES_SERVICE_PORT", "443");
  const Folder folder;
  folder.write("token", "t");
  folder.write("ca.crt", "c");
  const auto config = in_cluster_config(folder.path());
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->server, "https://[fd00::1]:443");
}

TEST(InCluster, AMissingTokenIsNamed) {
  const Variable host("KUBERNETES_SERVICE_HOST", "10.96.0.1");
  const Variable port("KUBERNETES_SERVICE_PORT", "443");
  const Folder folder;
  const auto config = in_cluster_config(folder.path());
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr(folder.path() + "/token"));
}

TEST(FindConfig, TheFlagComesBeforeTheVariable) {
  const Folder folder;
  const std::string a = folder.write("a", kubeconfig("{server: 'https://a'}", "{}"));
  const std::string b = folder.write("b", kubeconfig("{server: 'https://b'}", "{}"));
  const Variable variable("KUBECONFIG", b.c_str());
  EXPECT_EQ(find_config(a)->server, "https://a");
  EXPECT_EQ(find_config("")->server, "https://b");
}

TEST(FindConfig, TheFirstExistingFileOfTheVariableCounts) {
  const Folder folder;
  const std::string b = folder.write("b", kubeconfig("{server: 'https://b'}", "{}"));
  const Variable variable("KUBECONFIG", ("/nowhere/x:" + b).c_str());
  EXPECT_EQ(find_config("")->server, "https://b");
}

TEST(FindConfig, SeveralFilesOfTheVariableAreOneKubeconfig) {
  const Folder one, two;
  const std::string a = one.write("a", R"({current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}],
                                           users: [{name: u, user: {token: first}}]})");
  const std::string b = two.write("b", R"({current-context: d, clusters: [{name: k, cluster:
                                           {server: 'https://b', certificate-authority: ca.crt}}],
                                           users: [{name: u, user: {token: second}}]})");
  two.write("ca.crt", "the CA");
  const std::string empty = two.write("empty", "");
  const Variable variable("KUBECONFIG", (empty + ":" + a + ":/nowhere/x:" + b).c_str());
  const auto config = find_config("");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->server, "https://b");
  EXPECT_EQ(config->token, "first");
  EXPECT_EQ(config->ca_pem, "the CA");
}

TEST(FindConfig, WhatNoneOfTheFilesHasIsToldWithAllTheirNames) {
  const Folder folder;
  const std::string a = folder.write("a", "{current-context: c, contexts: [{name: c, context: {cluster: k}}]}");
  const std::string b = folder.write("b", "{clusters: []}");
  const Variable variable("KUBECONFIG", (a + ":" + b).c_str());
  const auto config = find_config("");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr(a + ":" + b + ": clusters: has no entry named \"k\""));
}

TEST(FindConfig, AVariableWithoutAnyFileIsAnError) {
  const Variable variable("KUBECONFIG", "/nowhere/x:/nowhere/y");
  const auto config = find_config("");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("/nowhere/x:/nowhere/y"));
}

}  // namespace
}  // namespace gyre::kube
