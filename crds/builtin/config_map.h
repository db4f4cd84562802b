#pragma once

#include "crds/builtin/common.h"

namespace gyre {

struct ConfigMap {
  ObjectMeta metadata;
  std::map<std::string, std::string> data;
  std::optional<bool> immutable;
  bool operator==(const ConfigMap&) const = default;
};

constexpr auto describe(Type<ConfigMap>) {
  using namespace schema;
  return object("A ConfigMap.", field("metadata", &ConfigMap::metadata, ""), field("data", &ConfigMap::data, ""),
                field("immutable", &ConfigMap::immutable, ""));
}

constexpr Kind kind_of(Type<ConfigMap>) { return {"", "v1", "ConfigMap", "configmaps"}; }

}  // namespace gyre
