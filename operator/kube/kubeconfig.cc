#include "operator/kube/kubeconfig.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "operator/base/base64.h"
#include "operator/base/text.h"
#include "operator/base/utf8.h"
#include "operator/kube/proxy.h"
#include "operator/kube/url.h"

namespace gyre::kube {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_file(const std::string& file, std::string_view what) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Code::kNotFound, "FileUnreadable", fmt::format("{}: cannot read {}", what, file));
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

std::string text_at(const YAML::Node& node, const char* field) {
  if (!node.IsMap() || !node[field] || !node[field].IsScalar()) return {};
  return node[field].as<std::string>();
}

struct Document {
  YAML::Node root;
  std::string file;
};

// What several files come to by clientcmd's rules: of each name, and of the current context, the first that is there
// counts, and a path is beside the file that says it.
class Reader {
 public:
  explicit Reader(std::vector<Document> documents) : documents_(std::move(documents)) {
    for (const Document& document : documents_) file_ += (file_.empty() ? "" : ":") + document.file;
    all_files_ = file_;
  }

  Result<Config> read() {
    std::string current;
    for (const Document& document : documents_)
      if (current.empty()) current = text_at(document.root, "current-context");
    if (current.empty()) return bad("current-context", "is not set; run kubectl config use-context");
    const auto context = entry("contexts", "context", current);
    if (!context) return fail(context.error());
    const auto cluster = entry("clusters", "cluster", text_at(*context, "cluster"));
    if (!cluster) return fail(cluster.error());
    Config config;
    if (const std::string space = text_at(*context, "namespace"); !space.empty()) config.namespace_ = space;
    if (auto r = read_cluster(*cluster, config); !r) return fail(r.error());
    const std::string user_name = text_at(*context, "user");
    if (user_name.empty()) return config;
    const auto user = entry("users", "user", user_name);
    if (!user) return fail(user.error());
    if (auto r = read_user(*user, config); !r) return fail(r.error());
    return config;
  }

 private:
  std::unexpected<Error> bad(std::string_view field, std::string_view why) const {
    return fail(Code::kInvalid, "InvalidKubeconfig", fmt::format("{}: {}: {}", file_, field, why));
  }

  // What is read next is of the entry's file.
  Result<YAML::Node> entry(const char* list, const char* member, const std::string& name) {
    for (const auto& [root, file] : documents_) {
      const YAML::Node items = root[list];
      if (!items || !items.IsSequence()) continue;
      file_ = file;
      for (const YAML::Node& item : items)
        if (text_at(item, "name") == name && item[member] && item[member].IsMap()) return item[member];
    }
    file_ = all_files_;
    return bad(list, fmt::format("has no entry named \"{}\"", name));
  }

  // The file that `field` names, unless its bytes are given beside it.
  std::string file_of(const YAML::Node& node, const std::string& field) const {
    const std::string path = text_at(node, field.c_str());
    if (path.empty() || !text_at(node, (field + "-data").c_str()).empty()) return {};
    return resolve(path);
  }

  std::string resolve(const std::string& path) const {
    return fs::path(path).is_absolute() ? path : (fs::path(file_).parent_path() / path).string();
  }

  // `field`-data in base64, or the file that `field` names.
  Result<std::string> pem(const YAML::Node& node, const std::string& field) const {
    const std::string data_field = field + "-data";
    if (const std::string data = text_at(node, data_field.c_str()); !data.empty()) {
      std::string plain = data;
      std::erase_if(plain, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
      auto decoded = from_base64(plain);
      if (!decoded || decoded->empty()) return bad(data_field, "is not base64");
      return std::move(*decoded);
    }
    const std::string path = text_at(node, field.c_str());
    if (path.empty()) return std::string();
    return read_file(resolve(path), file_ + ": " + field);
  }

  Result<void> read_cluster(const YAML::Node& cluster, Config& config) const {
    config.server = text_at(cluster, "server");
    const Url url = split_url(config.server);
    if ((url.scheme != "https" && url.scheme != "http") || split_authority(url.authority).host.empty())
      return bad("server", "must be a URL with a host, as https://10.0.0.1:6443");
    while (config.server.ends_with('/')) config.server.pop_back();
    config.tls_server_name = text_at(cluster, "tls-server-name");
    config.proxy_url = text_at(cluster, "proxy-url");
    if (!config.proxy_url.empty())
      if (const auto usable = check_proxy(config.proxy_url); !usable) return bad("proxy-url", usable.error().message);
    if (text_at(cluster, "insecure-skip-tls-verify") == "true") config.tls_check = TlsCheck::kSkip;
    auto ca = pem(cluster, "certificate-authority");
    if (!ca) return fail(ca.error());
    config.ca_pem = std::move(*ca);
    config.ca_file = file_of(cluster, "certificate-authority");
    return {};
  }

  Result<void> read_user(const YAML::Node& user, Config& config) const {
    constexpr std::pair<const char*, const char*> kRefused[] = {
        {"username", "passwords are not accepted by any Kubernetes since 1.19"},
        {"auth-provider", "was replaced by exec in Kubernetes 1.26"},
        {"as", "acting as somebody else is not supported; take that user's own credentials"}};
    for (const auto& [field, why] : kRefused)
      if (user[field]) return bad(field, fmt::format("{}; use exec, a client certificate, token or tokenFile", why));
    auto certificate = pem(user, "client-certificate");
    if (!certificate) return fail(certificate.error());
    auto key = pem(user, "client-key");
    if (!key) return fail(key.error());
    if (certificate->empty() != key->empty())
      return bad("client-certificate", "needs client-key beside it, and the other way round");
    config.client_cert_pem = std::move(*certificate);
    config.client_cert_file = file_of(user, "client-certificate");
    config.client_key_pem = std::move(*key);
    config.client_key_file = file_of(user, "client-key");
    config.token = text_at(user, "token");
    if (const std::string path = text_at(user, "tokenFile"); !path.empty()) config.token_file = resolve(path);
    return user["exec"] ? read_exec(user["exec"], config) : Result<void>();
  }

  Result<void> read_exec(const YAML::Node& exec, Config& config) const {
    ExecPlugin plugin;
    plugin.api_version = text_at(exec, "apiVersion");
    if (plugin.api_version != "client.authentication.k8s.io/v1" &&
        plugin.api_version != "client.authentication.k8s.io/v1beta1")
      return bad("exec.apiVersion", "must be client.authentication.k8s.io/v1 or …/v1beta1");
    plugin.command = text_at(exec, "command");
    if (plugin.command.empty()) return bad("exec.command", "is not set");
    if (plugin.command.find('/') != std::string::npos) plugin.command = resolve(plugin.command);
    if (text_at(exec, "interactiveMode") == "Always")
      return bad("exec.interactiveMode", "is Always, but nobody is there to answer; choose a login that needs nobody");
    if (exec["args"] && exec["args"].IsSequence())
      for (const YAML::Node& arg : exec["args"])
        if (arg.IsScalar()) plugin.args.push_back(arg.Scalar());
    if (exec["env"] && exec["env"].IsSequence())
      for (const YAML::Node& entry : exec["env"])
        plugin.env.emplace_back(text_at(entry, "name"), text_at(entry, "value"));
    plugin.install_hint = text_at(exec, "installHint");
    if (text_at(exec, "provideClusterInfo") == "true") plugin.cluster = cluster_info(config);
    config.exec = std::move(plugin);
    return {};
  }

  // spec.cluster of KUBERNETES_EXEC_INFO.
  static std::string cluster_info(const Config& config) {
    nlohmann::json info = {{"server", config.server}};
    if (!config.tls_server_name.empty()) info["tls-server-name"] = config.tls_server_name;
    if (!config.proxy_url.empty()) info["proxy-url"] = config.proxy_url;
    if (!config.ca_pem.empty()) info["certificate-authority-data"] = to_base64(config.ca_pem);
    if (config.tls_check == TlsCheck::kSkip) info["insecure-skip-tls-verify"] = true;
    // yaml-cpp cuts some characters of two bytes in half.
    return info.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  const std::vector<Document> documents_;
  std::string all_files_;
  std::string file_;  // Of what is being read, for messages and paths.
};

struct Source {
  std::string text;
  std::string file;
};

Result<Config> read_yaml(const std::vector<Source>& sources) {
  std::vector<Document> documents;
  const std::string* file = nullptr;
  try {
    for (const Source& source : sources) {
      file = &source.file;
      YAML::Node root = YAML::Load(source.text);
      if (root.IsNull() && sources.size() > 1) continue;
      if (!root.IsMap())
        return fail(Code::kInvalid, "InvalidKubeconfig", fmt::format("{}: is not a kubeconfig: no mapping", *file));
      documents.push_back({std::move(root), *file});
    }
    if (documents.empty())
      return fail(Code::kInvalid, "InvalidKubeconfig", fmt::format("{}: is empty, as are the others", *file));
    return Reader(std::move(documents)).read();
  } catch (const YAML::Exception& error) {
    return fail(Code::kInvalid, "InvalidKubeconfig", fmt::format("{}: is not YAML: {}", *file, error.what()));
  }
}

Result<Config> parse(const std::vector<Source>& sources) {
  for (const auto& [text, file] : sources)
    // Some of it becomes JSON, which carries nothing else.
    if (!is_utf8(text))
      return fail(Code::kInvalid, "InvalidKubeconfig", fmt::format("{}: is not UTF-8; save it as UTF-8", file));
  Result<Config> config = read_yaml(sources);
  // What the YAML library quotes may be half a character.
  if (!config) config.error().message = excerpt(config.error().message, 1000);
  return config;
}

Result<Config> load(const std::vector<std::string>& files) {
  std::vector<Source> sources;
  for (const std::string& file : files) {
    auto text = read_file(file, "kubeconfig");
    if (!text) return fail(text.error());
    sources.push_back({std::move(*text), file});
  }
  return parse(sources);
}

}  // namespace

Result<Config> parse_kubeconfig(std::string_view yaml, const std::string& file) {
  return parse({{std::string(yaml), file}});
}

Result<Config> load_kubeconfig(const std::string& file) { return load({file}); }

Result<Config> in_cluster_config(const std::string& folder) {
  const char* host = std::getenv("KUBERNETES_SERVICE_HOST");
  const char* port = std::getenv("KUBERNETES_SERVICE_PORT");
  if (!host || !port)
    return fail(Code::kNotFound, "NotInCluster",
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; outside a cluster set KUBECONFIG");
  Config config;
  const bool is_ipv6 = std::string_view(host).find(':') != std::string_view::npos;
  config.server = is_ipv6 ? fmt::format("https://[{}]:{}", host, port) : fmt::format("https://{}:{}", host, port);
  config.token_file = folder + "/token";
  config.ca_file = folder + "/ca.crt";
  auto token = read_file(config.token_file, "service account token");
  if (!token) return fail(token.error());
  config.token = std::string(trim(*token));
  auto ca = read_file(config.ca_file, "service account CA");
  if (!ca) return fail(ca.error());
  config.ca_pem = std::move(*ca);
  if (auto space = read_file(folder + "/namespace", "namespace")) config.namespace_ = std::string(trim(*space));
  return config;
}

Result<Config> find_config(const std::string& flag) {
  if (!flag.empty()) return load_kubeconfig(flag);
  if (const char* listed = std::getenv("KUBECONFIG"); listed && *listed) {
    std::vector<std::string> files;
    for (const std::string& file : split(listed, ':'))
      if (!file.empty() && fs::exists(file)) files.push_back(file);
    if (!files.empty()) return load(files);
    return fail(Code::kNotFound, "FileUnreadable", fmt::format("KUBECONFIG names no existing file: {}", listed));
  }
  if (std::getenv("KUBERNETES_SERVICE_HOST")) return in_cluster_config();
  if (const char* home = std::getenv("HOME"); home && fs::exists(std::string(home) + "/.kube/config"))
    return load_kubeconfig(std::string(home) + "/.kube/config");
  return fail(Code::kNotFound, "NoKubeconfig", "no cluster to talk to; set --kubeconfig or KUBECONFIG");
}

}  // namespace gyre::kube
