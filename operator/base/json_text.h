#pragma once

// JSON as text, before it is parsed.

#include <string>
#include <string_view>

namespace gyre {

// Whether lists and objects of `json` stand in one another more than `depth` deep. Copying, comparing and writing
// nested JSON recurse, so that whoever may send us any bytes could otherwise end the process.
bool is_nested_deeper(std::string_view json, int depth);

// Deeper than any object or request that makes sense, and far from where recursion hurts.
inline constexpr int kDeepestJson = 200;

// Python writes NaN, Infinity and -Infinity bare, which JSON does not know: outside strings they get quotes.
std::string quote_non_numbers(std::string_view json);

}  // namespace gyre
