#include "controllers/common/pod_checks.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controllers/common/names.h"

namespace gyre {
namespace {

using nlohmann::json;
using Errors = std::vector<schema::FieldError>;

// Containers and volumes whose names start so are ours.
constexpr std::string_view kReservedPrefix = "gyre-";

const json& member(const json& object, std::string_view name) {
  static const json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

void check_names(const json& spec, const char* list, Errors& out) {
  int index = 0;
  for (const json& each : member(spec, list)) {
    const std::string name = text_of(member(each, "name"));
    if (name.starts_with(kReservedPrefix))
      out.push_back({fmt::format("spec.{}[{}].name", list, index),
                     fmt::format("{} is reserved: names that start with {} are the operator's; choose another", name,
                                 kReservedPrefix)});
    ++index;
  }
}

void check_mounts(const json& spec, Errors& out) {
  int container_index = 0;
  for (const json& container : member(spec, "containers")) {
    int index = 0;
    for (const json& mount : member(container, "volumeMounts")) {
      const std::string path = text_of(member(mount, "mountPath"));
      if (path == "/gyre" || path.starts_with("/gyre/"))
        out.push_back({fmt::format("spec.containers[{}].volumeMounts[{}].mountPath", container_index, index),
                       path + " is reserved: what is below /gyre is the operator's; mount it elsewhere"});
      ++index;
    }
    ++container_index;
  }
}

}  // namespace

Errors check_reserved(const json& pod_template) {
  Errors out;
  const json& spec = member(pod_template, "spec");
  for (const char* list : {"containers", "initContainers", "volumes"}) check_names(spec, list, out);
  const json& labels = member(member(pod_template, "metadata"), "labels");
  if (labels.is_object())
    for (const auto& [name, value] : labels.items())
      if (name.starts_with("gyre.dev/")) out.push_back({"metadata.labels", name + " is the operator's; remove it"});
  check_mounts(spec, out);
  return out;
}

}  // namespace gyre
