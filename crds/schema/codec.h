#pragma once

// JSON in and out for every type with a `describe`. The definitions are in codec_impl.h and are instantiated once
// per type, in the .cc file beside the type, so that including an API type stays cheap.

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "operator/base/result.h"

namespace gyre::schema {

// Fields equal to their default are left out unless required; top-level kinds carry apiVersion and kind.
template <class T>
nlohmann::json to_json(const T& value);

// The same of a value that ends here: raw JSON in it is moved, not copied.
template <class T>
nlohmann::json into_json(T&& value);

// Unknown fields are ignored (the API server prunes them); a wrong type is kInvalid and names the field's path.
template <class T>
Result<T> from_json(const nlohmann::json& value);

// The same from JSON text, several times faster: for what comes in masses, as objects from a watch. Fields that are
// `set_only` stay null.
template <class T>
Result<T> from_text(std::string_view text);

// The same but for values that stay raw JSON, which are null: to check an object, and to read its metadata.
template <class T>
Result<T> outline_from_text(std::string_view text);

}  // namespace gyre::schema
