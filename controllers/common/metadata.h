#pragma once

#include <string>
#include <string_view>

#include "crds/meta/meta.h"

namespace gyre {

// Empty when the object has no such label or annotation.
std::string label_of(const ObjectMeta& meta, const std::string& name);
std::string annotation_of(const ObjectMeta& meta, const std::string& name);

// Whether a person has set gyre.dev/paused on the object.
bool is_paused(const ObjectMeta& meta);

// Whether the object's controller is the one with that UID, and nobody else.
bool is_controlled_by(const ObjectMeta& meta, std::string_view uid);

}  // namespace gyre
