#include "operator/kube/request.h"

#include <fmt/format.h>

namespace gyre::kube {
namespace {

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
  }
  return "GET";
}

std::string collection_path(const Kind& kind, std::string_view namespace_) {
  std::string path =
      kind.group.empty() ? fmt::format("/api/{}", kind.version) : fmt::format("/apis/{}/{}", kind.group, kind.version);
  if (!namespace_.empty()) path += fmt::format("/namespaces/{}", escape(namespace_));
  return path + "/" + std::string(kind.plural);
}

std::string object_path(const Kind& kind, const Key& key) {
  return collection_path(kind, key.namespace_) + "/" + escape(key.name);
}

std::string resource_name(const Kind& kind) {
  return kind.group.empty() ? std::string(kind.plural) : fmt::format("{}.{}", kind.plural, kind.group);
}

std::string target_of(const Request& request) {
  std::string target = request.path;
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    target += separator + escape(name) + "=" + escape(value);
    separator = '&';
  }
  return target;
}

}  // namespace gyre::kube
