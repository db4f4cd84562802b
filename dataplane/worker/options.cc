#include "dataplane/worker/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

namespace gyre::worker {

Result<Options> Options::parse(const std::vector<std::string>& arguments, const Known& known) {
  Options out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    if (std::ranges::find(known.flags, name) != known.flags.end()) {
      out.values_[name] = "true";
      continue;
    }
    if (std::ranges::find(known.values, name) == known.values.end())
      return fail(Code::kInvalid, "BadArgument",
                  fmt::format("unknown option \"{}\"; known are {}", name, fmt::join(known.values, ", ")));
    if (i + 1 == arguments.size())
      return fail(Code::kInvalid, "BadArgument", fmt::format("{} needs a value after it", name));
    out.values_[name] = arguments[++i];
  }
  return out;
}

std::string Options::get(std::string_view name) const { return get_or(name, ""); }

std::string Options::get_or(std::string_view name, std::string otherwise) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::move(otherwise) : found->second;
}

Result<> Options::require(const std::vector<std::string_view>& names) const {
  for (const std::string_view name : names)
    if (get(name).empty()) return fail(Code::kInvalid, "BadArgument", fmt::format("{} is needed", name));
  return {};
}

Result<std::int64_t> Options::number(std::string_view name, std::int64_t otherwise) const {
  const std::string text = get(name);
  if (text.empty()) return otherwise;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0)
    return fail(Code::kInvalid, "BadArgument",
                fmt::format("{} is \"{}\"; write a whole number of at least 0", name, text));
  return value;
}

}  // namespace gyre::worker
