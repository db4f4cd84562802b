#pragma once

#include <string>

#include "crds/meta/meta.h"
#include "crds/schema/crd.h"
#include "crds/schema/openapi.h"

namespace gyre {

// A CustomResourceDefinition as YAML text.
std::string crd_yaml(const Kind& kind, const schema::CrdInfo& info, schema::OrderedJson schema);

// The schema of a top-level kind: apiVersion, kind and metadata as every object has them, spec and status described.
template <class T>
schema::OrderedJson kind_schema() {
  using namespace schema;
  OrderedJson out = {{"description", describe(Type<T>{}).doc}, {"type", "object"}};
  OrderedJson properties = {
      {"apiVersion", {{"type", "string"}}}, {"kind", {{"type", "string"}}}, {"metadata", {{"type", "object"}}}};
  const auto part = [&](const char* name, auto* member, Defaults defaults) {
    using M = std::remove_pointer_t<decltype(member)>;
    OrderedJson described = openapi_type<M>(defaults);
    described["description"] = describe(Type<M>{}).doc;
    properties[name] = std::move(described);
  };
  const T* none = nullptr;
  part("spec", static_cast<std::remove_cvref_t<decltype(none->spec)>*>(nullptr), Defaults::kWrite);
  part("status", static_cast<std::remove_cvref_t<decltype(none->status)>*>(nullptr), Defaults::kOmit);
  out["properties"] = std::move(properties);
  out["required"] = {"spec"};
  return out;
}

}  // namespace gyre
