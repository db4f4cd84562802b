#include "dataplane/protocol/json_path.h"

#include <algorithm>
#include <charconv>
#include <span>

namespace gyre::protocol {
namespace {

// More than any answer has, and little enough that a document padded up to it stays small.
constexpr std::size_t kMaxIndex = 1000;

std::unexpected<Error> no_path(std::string_view text) {
  return fail(Code::kInvalid, "InvalidPath",
              std::string(text) + " is no JSON path; write one such as $.instances[*] or $.prediction");
}

nlohmann::json nest(std::span<const Step> steps, std::span<nlohmann::json> leaves) {
  if (steps.empty()) return leaves.empty() ? nlohmann::json() : std::move(leaves.front());
  const Step& step = steps.front();
  const auto rest = steps.subspan(1);
  if (step.kind == Step::Kind::kName) return {{step.name, nest(rest, leaves)}};
  nlohmann::json list = nlohmann::json::array();
  if (step.kind == Step::Kind::kIndex) {
    for (std::size_t i = 0; i < step.index; ++i) list.push_back(nullptr);
    list.push_back(nest(rest, leaves));
    return list;
  }
  for (std::size_t i = 0; i < leaves.size(); ++i) list.push_back(nest(rest, leaves.subspan(i, 1)));
  return list;
}

}  // namespace

Result<Path> parse_path(std::string_view text) {
  if (!text.starts_with('$')) return no_path(text);
  Path path;
  std::string_view rest = text.substr(1);
  while (!rest.empty()) {
    if (rest.front() == '.') {
      const std::size_t end = std::min(rest.find_first_of(".[", 1), rest.size());
      if (end == 1) return no_path(text);
      path.push_back({Step::Kind::kName, std::string(rest.substr(1, end - 1)), 0});
      rest.remove_prefix(end);
      continue;
    }
    const std::size_t end = rest.find(']');
    if (rest.front() != '[' || end == std::string_view::npos) return no_path(text);
    const std::string_view inside = rest.substr(1, end - 1);
    Step step{Step::Kind::kAll, "", 0};
    if (inside != "*") {
      step.kind = Step::Kind::kIndex;
      const auto [last, error] = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
      if (error != std::errc() || last != inside.data() + inside.size() || step.index > kMaxIndex) return no_path(text);
    }
    path.push_back(std::move(step));
    rest.remove_prefix(end + 1);
  }
  return path;
}

bool has_all(const Path& path) {
  return std::ranges::any_of(path, [](const Step& step) { return step.kind == Step::Kind::kAll; });
}

std::vector<const nlohmann::json*> select(const nlohmann::json& root, const Path& path) {
  std::vector<const nlohmann::json*> found{&root};
  for (const Step& step : path) {
    std::vector<const nlohmann::json*> next;
    for (const nlohmann::json* at : found) {
      if (step.kind == Step::Kind::kName) {
        if (!at->is_object()) continue;
        if (const auto member = at->find(step.name); member != at->end()) next.push_back(&*member);
      } else if (at->is_array()) {
        if (step.kind == Step::Kind::kAll)
          for (const nlohmann::json& element : *at) next.push_back(&element);
        else if (step.index < at->size())
          next.push_back(&(*at)[step.index]);
      }
    }
    found = std::move(next);
  }
  return found;
}

nlohmann::json make_document(const Path& path, std::vector<nlohmann::json> leaves) { return nest(path, leaves); }

}  // namespace gyre::protocol
