#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gyre {

// Whether JSON and Kubernetes can carry the text as it is.
bool is_utf8(std::string_view text);

// The text with U+FFFD in place of each byte that is no UTF-8, as Go's encoding/json writes it.
std::string to_utf8(std::string_view text);

// The beginning of somebody else's text, as a message may quote it: at most `most` bytes, cut between characters, with
// '?' for what is no UTF-8.
std::string excerpt(std::string_view text, std::size_t most);

}  // namespace gyre
