// Mutates JSON as a tree, or one line of it where there are several; every other time bytes are changed as usual.

#include <array>
#include <cstring>
#include <optional>
#include <random>
#include <string>

#include "operator/base/json_text.h"
#include "tests/fuzz/fuzz.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace gyre::fuzz {
namespace {

using nlohmann::json;
using Random = std::minstd_rand;

constexpr int kDeepest = 300;  // Copying and writing a tree recurse.

std::size_t below(Random& random, std::size_t n) { return random() % n; }

void collect(json& node, std::vector<json*>& nodes) {
  nodes.push_back(&node);
  if (node.is_structured())
    for (json& child : node) collect(child, nodes);
}

json& any_node(json& tree, Random& random) {
  std::vector<json*> nodes;
  collect(tree, nodes);
  return *nodes[below(random, nodes.size())];
}

// Values at the edges of what our types hold.
json edge(Random& random) {
  static const std::array kEdges = {json(),
                                    json(true),
                                    json(0),
                                    json(-1),
                                    json(1),
                                    json(-0.0),
                                    json(0.5),
                                    json(1e308),
                                    json(5e-324),
                                    json(2147483648),
                                    json(INT64_MAX),
                                    json(INT64_MIN),
                                    json(UINT64_MAX),
                                    json(""),
                                    json("0"),
                                    json("-1"),
                                    json("NaN"),
                                    json("-Infinity"),
                                    json("100m"),
                                    json("0s"),
                                    json("1h30m"),
                                    json("2562047h"),
                                    json("0.5ms"),
                                    json("2026-11-21T07:43:21Z"),
                                    json("2026-11-21T07:43:21.999999Z"),
                                    json("9999-12-31T23:59:59Z"),
                                    json("True"),
                                    json("$.a[*][0]"),
                                    json("${x}"),
                                    json("sha256:"),
                                    json("pvc://a/b"),
                                    json("\xC3\xBC"),
                                    json(std::string(300, 'a')),
                                    json::array(),
                                    json::object(),
                                    json::array({json()}),
                                    json{{"", json()}}};
  return kEdges[below(random, kEdges.size())];
}

std::string changed_text(std::string text, Random& random) {
  const std::size_t size = text.size();
  text.resize(size + 8);
  text.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), size, text.size()));
  if (below(random, 16) == 0) text += std::string(below(random, 5000), 'x');
  return text;
}

void change_members(json& object, json donor, Random& random) {
  if (!object.empty() && below(random, 2) == 0) {
    object.erase(std::next(object.begin(), static_cast<std::ptrdiff_t>(below(random, object.size()))));
    return;
  }
  std::string name = donor.is_string() ? donor.get<std::string>() : changed_text("name", random);
  if (!object.empty() && below(random, 2) == 0)
    name = std::next(object.begin(), static_cast<std::ptrdiff_t>(below(random, object.size()))).key();
  object[name] = std::move(donor);
}

void change_items(json& array, json donor, Random& random) {
  const std::size_t at = below(random, array.size() + 1);
  if (at < array.size() && below(random, 2) == 0)
    array.erase(at);
  else
    array.insert(array.begin() + static_cast<std::ptrdiff_t>(at), std::move(donor));
}

void change(json& tree, json& donors, Random& random) {
  json& node = any_node(tree, random);
  json donor = below(random, 2) == 0 ? edge(random) : json(any_node(donors, random));
  if (below(random, 3) == 0)
    node = std::move(donor);
  else if (node.is_object())
    change_members(node, std::move(donor), random);
  else if (node.is_array())
    change_items(node, std::move(donor), random);
  else if (node.is_string())
    node = changed_text(node, random);
  else if (node.is_number())
    node = below(random, 2) == 0 ? json(node.get<double>() * (below(random, 2) ? -1.5 : 1e3))
                                 : json(below(random, 1 << 20));
  else
    node = std::move(donor);
}

std::optional<json> parse_tree(std::string_view text) {
  if (is_nested_deeper(text, kDeepest)) return std::nullopt;
  json tree = json::parse(text, nullptr, false);
  return tree.is_discarded() ? std::nullopt : std::optional(std::move(tree));
}

struct Line {
  std::size_t begin = 0;
  std::size_t size = 0;
};

// The whole text when it is one document, else one of its lines.
Line any_document(std::string_view text, Random& random) {
  if (json::accept(text)) return {0, text.size()};
  const std::size_t at = text.empty() ? 0 : below(random, text.size());
  const std::size_t before = text.substr(0, at).rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return {begin, std::min(text.find('\n', begin), text.size()) - begin};
}

std::optional<std::string> mutated(std::string_view text, std::string_view donor_text, Random& random) {
  const Line line = any_document(text, random);
  std::optional<json> tree = parse_tree(text.substr(line.begin, line.size));
  if (!tree) return std::nullopt;
  std::optional<json> donors = parse_tree(donor_text);
  if (!donors) donors = *tree;
  for (std::size_t i = 0, times = 1 + below(random, 3); i < times; ++i) change(*tree, *donors, random);
  std::string out(text);
  out.replace(line.begin, line.size, tree->dump(-1, ' ', false, json::error_handler_t::replace));
  return out;
}

}  // namespace
}  // namespace gyre::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  gyre::fuzz::Random random(seed);
  if (random() % 2 == 0) {
    const std::string_view text = gyre::fuzz::text_of(data, size);
    const auto out = gyre::fuzz::mutated(text, text, random);
    if (out && out->size() <= max_size) {
      std::memcpy(data, out->data(), out->size());
      return out->size();
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second, std::size_t second_size, std::uint8_t* out,
                                                 std::size_t max_size, unsigned seed) {
  gyre::fuzz::Random random(seed);
  const auto mixed =
      gyre::fuzz::mutated(gyre::fuzz::text_of(first, first_size), gyre::fuzz::text_of(second, second_size), random);
  if (!mixed || mixed->size() > max_size) return 0;
  std::memcpy(out, mixed->data(), mixed->size());
  return mixed->size();
}
