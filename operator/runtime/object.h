#pragma once

#include <memory>
#include <string_view>

#include "crds/meta/meta.h"
#include "crds/schema/codec.h"
#include "operator/base/result.h"

namespace gyre::runtime {

// A decoded object whose type the holder knows. `meta` lives inside `value`.
struct Object {
  std::shared_ptr<const void> value;
  const ObjectMeta* meta = nullptr;

  explicit operator bool() const { return value != nullptr; }
  template <class T>
  std::shared_ptr<const T> as() const {
    return std::static_pointer_cast<const T>(value);
  }
};

// What the runtime, which is not a template, must know about a type.
struct ObjectType {
  Kind kind;
  Result<Object> (*decode)(std::string_view json);
  // All but what stays raw JSON.
  Result<Object> (*outline)(std::string_view json);
};

template <class T, Result<T> (*read)(std::string_view)>
Result<Object> decode_object(std::string_view json) {
  Result<T> parsed = read(json);
  if (!parsed) return fail(std::move(parsed).error());
  auto value = std::make_shared<const T>(std::move(*parsed));
  const ObjectMeta* meta = &value->metadata;
  return Object{std::move(value), meta};
}

template <class T>
ObjectType object_type() {
  return {kind_of(Type<T>{}), &decode_object<T, schema::from_text<T>>, &decode_object<T, schema::outline_from_text<T>>};
}

}  // namespace gyre::runtime
