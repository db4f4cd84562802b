#pragma once

#include <string>

#include "crds/meta/kind.h"
#include "crds/schema/crd.h"
#include "crds/schema/openapi.h"

namespace gyre {

// The reference page of one kind, as Markdown: a row for each field, with type, default and constraints.
std::string reference_page(const Kind& kind, const schema::CrdInfo& info, const schema::OrderedJson& schema);

}  // namespace gyre
