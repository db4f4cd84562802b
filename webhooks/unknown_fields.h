#pragma once

#include <fmt/format.h>

#include "crds/schema/path.h"
#include "crds/schema/traits.h"
#include "crds/schema/validate.h"
#include "webhooks/suggestion.h"

namespace gyre::webhooks {

template <class T>
void find_unknown(const nlohmann::json& json, const schema::Path& path, std::vector<schema::FieldError>& errors);

template <schema::Described T>
void find_unknown_in_object(const nlohmann::json& json, const schema::Path& path,
                            std::vector<schema::FieldError>& errors) {
  std::vector<std::string> known;
  schema::for_each_field<T>([&](const auto& field) { known.push_back(field.name); });
  for (const auto& [name, item] : json.items())
    if (std::ranges::find(known, name) == known.end())
      errors.push_back({path.at(name).text(), "unknown field" + suggestion(name, known)});
  schema::for_each_field<T>([&]<class S, class M>(const schema::Field<S, M>& field) {
    const auto found = json.find(field.name);
    if (found != json.end()) find_unknown<M>(*found, path.at(field.name), errors);
  });
}

template <class T>
void find_unknown(const nlohmann::json& json, const schema::Path& path, std::vector<schema::FieldError>& errors) {
  if constexpr (schema::is_optional<T>) {
    find_unknown<typename T::value_type>(json, path, errors);
  } else if constexpr (schema::is_vector<T>) {
    if (json.is_array())
      for (std::size_t i = 0; i < json.size(); ++i) find_unknown<typename T::value_type>(json[i], path.at(i), errors);
  } else if constexpr (schema::Described<T>) {
    if (json.is_object()) find_unknown_in_object<T>(json, path, errors);
  }
}

// Fields below `spec` that the kind does not have. The API server drops them before most clients' objects get here;
// those inside a spec that another kind embeds are kept, and come here.
template <schema::TopLevel T>
std::vector<schema::FieldError> unknown_fields(const nlohmann::json& object) {
  std::vector<schema::FieldError> errors;
  const schema::Path root;
  if (object.contains("spec")) find_unknown<decltype(T::spec)>(object["spec"], root.at("spec"), errors);
  return errors;
}

// The same for a spec that stands at `path` of another object.
template <class Spec>
std::vector<schema::FieldError> unknown_fields_at(const nlohmann::json& spec, const std::string& path) {
  std::vector<schema::FieldError> errors;
  const schema::Path root;
  find_unknown<Spec>(spec, root.at(path), errors);
  return errors;
}

}  // namespace gyre::webhooks
