#pragma once

#include <string>
#include <string_view>

#include "crds/meta/kind.h"
#include "operator/base/result.h"
#include "operator/kube/protobuf/schema.h"
#include "operator/kube/raw_object.h"

namespace gyre::kube::protobuf {

// An object as an API server sends it for application/vnd.kubernetes.protobuf: four bytes, then a runtime.Unknown that
// says the kind and holds the message. Refers to the bytes that it was opened from.
struct Sealed {
  const Root* root = nullptr;
  std::string_view message;
};

// Whether there are tables of the kind.
bool is_known(const Kind& kind);

// Whether the bytes begin as such an object does; no JSON does.
bool is_sealed(std::string_view bytes);
// Reason of the error that something cannot be read in this encoding, and could as JSON: an object of a kind, or with a
// field, that is in no table, or malformed within.
inline constexpr std::string_view kNotInTables = "NotInTables";

// kNotInTables; "NotAnObject" when it is not there to its end.
Result<Sealed> open(std::string_view bytes);
// What a refusal says, as far as it is known. kNotInTables, as of the next.
Result<std::string> status_to_json(const Sealed& status);
Result<RawObject> to_raw_object(const Sealed& object);
// The key and the version only, which costs far less. A Status has none.
RawObject identity_of(const Sealed& object);
bool has_annotation(const Sealed& object, std::string_view name, std::string_view value);

}  // namespace gyre::kube::protobuf
