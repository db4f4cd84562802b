#include "webhooks/pod_template.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "operator/base/text.h"
#include "operator/base/utf8.h"
#include "webhooks/suggestion.h"

namespace gyre::webhooks {
namespace {

using nlohmann::json;
using Errors = std::vector<schema::FieldError>;

// Field names of pods that people write; typing errors are compared with them.
const std::vector<std::string>& pod_fields() {
  static const std::vector<std::string> names = {"activeDeadlineSeconds",
                                                 "affinity",
                                                 "allowPrivilegeEscalation",
                                                 "annotations",
                                                 "args",
                                                 "automountServiceAccountToken",
                                                 "capabilities",
                                                 "claimName",
                                                 "command",
                                                 "configMap",
                                                 "configMapKeyRef",
                                                 "configMapRef",
                                                 "containerPort",
                                                 "containers",
                                                 "defaultMode",
                                                 "dnsConfig",
                                                 "dnsPolicy",
                                                 "emptyDir",
                                                 "enableServiceLinks",
                                                 "env",
                                                 "envFrom",
                                                 "exec",
                                                 "failureThreshold",
                                                 "fieldPath",
                                                 "fieldRef",
                                                 "fsGroup",
                                                 "fsGroupChangePolicy",
                                                 "grpc",
                                                 "hostAliases",
                                                 "hostIPC",
                                                 "hostNetwork",
                                                 "hostPID",
                                                 "hostPath",
                                                 "httpGet",
                                                 "image",
                                                 "imagePullPolicy",
                                                 "imagePullSecrets",
                                                 "initContainers",
                                                 "initialDelaySeconds",
                                                 "items",
                                                 "key",
                                                 "labels",
                                                 "lifecycle",
                                                 "limits",
                                                 "livenessProbe",
                                                 "medium",
                                                 "metadata",
                                                 "mountPath",
                                                 "name",
                                                 "nodeName",
                                                 "nodeSelector",
                                                 "overhead",
                                                 "path",
                                                 "periodSeconds",
                                                 "persistentVolumeClaim",
                                                 "port",
                                                 "ports",
                                                 "preStop",
                                                 "priorityClassName",
                                                 "privileged",
                                                 "projected",
                                                 "protocol",
                                                 "readOnly",
                                                 "readOnlyRootFilesystem",
                                                 "readinessProbe",
                                                 "requests",
                                                 "resources",
                                                 "restartPolicy",
                                                 "runAsGroup",
                                                 "runAsNonRoot",
                                                 "runAsUser",
                                                 "runtimeClassName",
                                                 "schedulerName",
                                                 "scheme",
                                                 "secret",
                                                 "secretKeyRef",
                                                 "secretName",
                                                 "secretRef",
                                                 "securityContext",
                                                 "seccompProfile",
                                                 "serviceAccountName",
                                                 "sizeLimit",
                                                 "spec",
                                                 "startupProbe",
                                                 "subPath",
                                                 "successThreshold",
                                                 "supplementalGroups",
                                                 "terminationGracePeriodSeconds",
                                                 "terminationMessagePath",
                                                 "terminationMessagePolicy",
                                                 "timeoutSeconds",
                                                 "tolerations",
                                                 "topologySpreadConstraints",
                                                 "type",
                                                 "value",
                                                 "valueFrom",
                                                 "volumeMounts",
                                                 "volumes",
                                                 "workingDir"};
  return names;
}

// "template.spec.x" → "spec.x"; what is not below the template stays as it is. The API server leaves metadata out.
std::string below_template(const std::string& path) {
  constexpr std::string_view prefix = "template.";
  const std::string below = path.starts_with(prefix) ? path.substr(prefix.size()) : path;
  return below == "labels" || below == "annotations" ? "metadata." + below : below;
}

Errors strict_errors(const std::string& message) {
  static const std::regex item(R"((unknown|duplicate) field "([^"]+)\")");
  Errors out;
  for (std::sregex_iterator it(message.begin(), message.end(), item), end; it != end; ++it) {
    const std::string path = below_template((*it)[2]);
    const std::string name = path.substr(path.rfind('.') + 1);
    out.push_back({path, (*it)[1] == "unknown" ? "unknown field" + suggestion(name, pod_fields())
                                               : std::string("is written twice; keep one")});
  }
  return out;
}

std::string_view type_in_words(const std::string& go_type) {
  if (go_type == "string") return "a string; put the value in quotes";
  if (go_type == "bool") return "true or false";
  if (go_type.starts_with("int") || go_type.starts_with("uint")) return "a whole number";
  if (go_type.starts_with("[]")) return "a list";
  return "an object";
}

bool has_type(const json& value, const std::string& type) {
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  if (type == "string") return value.is_string();
  if (type == "bool") return value.is_boolean();
  return type == "number" && value.is_number();
}

// The first place that the names lead to, through any items of lists, where a value has that type.
std::string locate(const json& value, const std::vector<std::string>& names, std::size_t at, const std::string& type,
                   const std::string& path) {
  if (value.is_array() && !(at == names.size() && type == "array")) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string found = locate(value[i], names, at, type, fmt::format("{}[{}]", path, i));
      if (!found.empty()) return found;
    }
    return "";
  }
  if (at == names.size()) return has_type(value, type) ? path : "";
  if (!value.is_object() || !value.contains(names[at])) return "";
  return locate(value[names[at]], names, at + 1, type, path.empty() ? names[at] : path + "." + names[at]);
}

// "json: cannot unmarshal number into Go struct field Container.template.spec.containers.image of type string"
Errors type_errors(const std::string& message, const json& pod_template) {
  static const std::regex form(R"(cannot unmarshal (\w+) (?:\S+ )?into Go struct field \w+\.(\S+) of type (\S+))");
  std::smatch match;
  if (!std::regex_search(message, match, form)) return {};
  const std::string names = below_template(match[2]);
  const std::string found = locate(pod_template, split(names, '.'), 0, match[1], "");
  return {{found.empty() ? names : found, fmt::format("must be {}, not {}", type_in_words(match[3]), match[1].str())}};
}

bool is_quantity(const json& value) {
  static const std::regex form(R"([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?)");
  return value.is_number() || (value.is_string() && value.get_ref<const std::string&>().size() < 64 &&
                               std::regex_match(value.get_ref<const std::string&>(), form));
}

// The API server does not say which quantity it cannot read.
void find_bad_quantities(const json& value, const std::string& path, Errors& out) {
  const auto check = [&out](const json& quantity, const std::string& at) {
    if (!is_quantity(quantity)) out.push_back({at, "is not a quantity; write for example 500m, 2 or 512Mi"});
  };
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) find_bad_quantities(value[i], fmt::format("{}[{}]", path, i), out);
  if (!value.is_object()) return;
  for (const auto& [name, item] : value.items()) {
    const std::string at = path.empty() ? name : path + "." + name;
    const bool is_list = name == "requests" || name == "limits" || name == "overhead";
    if (is_list && item.is_object())
      for (const auto& [resource, quantity] : item.items()) check(quantity, at + "." + resource);
    else if (name == "sizeLimit" || name == "divisor")
      check(item, at);
    else
      find_bad_quantities(item, at, out);
  }
}

// "quantities must match the regular expression …", "unable to parse quantity's suffix"
Errors quantity_errors(const std::string& message, const json& pod_template) {
  Errors out;
  if (message.find("quantit") != std::string::npos) find_bad_quantities(pod_template, "", out);
  return out;
}

std::string advised(std::string words) {
  const bool is_missing = words.starts_with("Not found: ");
  return is_missing ? std::move(words) + "; add what it names to the template, or remove it here" : words;
}

// "PodTemplate \"x\" is invalid: [template.spec.a: Required value, template.spec.b: Invalid value: …]"
Errors invalid_errors(const std::string& message) {
  constexpr std::string_view mark = " is invalid: ";
  const std::size_t start = message.find(mark);
  if (start == std::string::npos) return {};
  std::string rest = message.substr(start + mark.size());
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  Errors out;
  for (std::size_t at = 0; at < rest.size();) {
    const std::size_t next = rest.find(", template.", at);
    const std::string item = rest.substr(at, next == std::string::npos ? next : next - at);
    const std::size_t colon = item.find(": ");
    out.push_back(colon == std::string::npos
                      ? schema::FieldError{"", item}
                      : schema::FieldError{below_template(item.substr(0, colon)), advised(item.substr(colon + 2))});
    at = next == std::string::npos ? rest.size() : next + 2;
  }
  return out;
}

bool is_about_the_template(const Error& error) { return error.code == Code::kInvalid; }

}  // namespace

std::vector<schema::FieldError> template_errors(const std::string& server_message, const json& pod_template) {
  // The regular expressions of the standard library recurse: a message of any length could end the process.
  const std::string message = excerpt(server_message, 4096);
  for (Errors errors : {strict_errors(message), type_errors(message, pod_template), invalid_errors(message),
                        quantity_errors(message, pod_template)})
    if (!errors.empty()) return errors;
  return {{"", message}};
}

Result<std::vector<schema::FieldError>> DryRunChecker::check(const std::string& namespace_, const json& pod_template) {
  constexpr Kind kind{"", "v1", "PodTemplate", "podtemplates"};
  kube::Request request;
  request.method = kube::Method::kPost;
  request.path = kube::collection_path(kind, namespace_);
  request.query = {{"dryRun", "All"}, {"fieldValidation", "Strict"}};
  request.body = json{
      {"apiVersion", "v1"},
      {"kind", "PodTemplate"},
      {"metadata", {{"generateName", "gyre-check-"}}},
      {"template",
       pod_template}}.dump();
  request.timeout = std::chrono::seconds(5);
  request.verb = "create";
  request.resource = kube::resource_name(kind);
  const Result<json> answer = client_.send(request);
  if (answer) return Errors{};
  if (is_about_the_template(answer.error())) return template_errors(answer.error().message, pod_template);
  return fail(with_context(answer.error(), "check the pod template"));
}

}  // namespace gyre::webhooks
