#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gyre::kube::protobuf {

// How Kubernetes' Go types are encoded as protocol buffers and, by encoding/json, as JSON. The tables are generated
// from those types (generate/).

enum class Type : std::uint8_t {
  kString,
  kBytes,  // base64 in JSON.
  kBool,
  kInteger,
  kMessage,      // An object of its own.
  kInline,       // A message whose members are those of the object that it is in.
  kTime,         // metav1.Time: seconds since the epoch; RFC 3339.
  kQuantity,     // resource.Quantity: text.
  kIntOrString,  // intstr.IntOrString.
  kJson,         // runtime.RawExtension: any JSON as it is.
  kUnread,       // Left out, as nobody reads it and it is large: managedFields.
};

enum class Form : std::uint8_t { kOne, kList, kMap };

// What JSON has of a field that is zero, or not there.
enum class Presence : std::uint8_t {
  kIfThere,     // Nothing when it is not there; its zero when that is there.
  kOrNull,      // null when it is not there.
  kUnlessZero,  // Nothing in both cases.
  kAlways,      // Its zero in both cases.
};

struct Message;

struct Field {
  std::uint32_t number;
  std::string_view name;
  Type type;  // Of a list's items and a map's values.
  Form form;
  Presence presence;
  const Message* message;  // Of kMessage and kInline.
};

struct Message {
  std::span<const Field> fields;  // By number.
};

// A kind that there is a table of.
struct Root {
  std::string_view group, version, kind;
  const Message* message;
};

std::span<const Root> roots();

}  // namespace gyre::kube::protobuf
