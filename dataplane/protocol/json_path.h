#pragma once

// The JSON paths of spec.custom: $, then .name, [3] and [*].

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "operator/base/result.h"

namespace gyre::protocol {

struct Step {
  enum class Kind { kName, kIndex, kAll };
  Kind kind = Kind::kName;
  std::string name;
  std::size_t index = 0;
};
using Path = std::vector<Step>;

// kInvalid says what a path looks like.
Result<Path> parse_path(std::string_view text);

bool has_all(const Path& path);

// The values that a path leads to, in order; none where it leads nowhere. Pointers into `root`.
std::vector<const nlohmann::json*> select(const nlohmann::json& root, const Path& path);

// The smallest document in which the path leads to `leaves`. Without a [*] there is one leaf.
nlohmann::json make_document(const Path& path, std::vector<nlohmann::json> leaves);

}  // namespace gyre::protocol
