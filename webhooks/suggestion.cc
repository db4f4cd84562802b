#include "webhooks/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace gyre::webhooks {
namespace {

// No name of an API is longer; what is, is not compared.
constexpr std::size_t kLongest = 64;

// Levenshtein's distance, without regard to case.
std::size_t distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  };
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (same(a[i - 1], b[j - 1]) ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string suggestion(std::string_view written, const std::vector<std::string>& known) {
  if (written.size() > kLongest) return "";
  const std::string* best = nullptr;
  std::size_t nearest = std::max<std::size_t>(2, written.size() / 3) + 1;
  for (const std::string& name : known) {
    const std::size_t d = distance(written, name);
    // Half of a short name changed is another name.
    if (d < nearest && d * 2 < std::max(written.size(), name.size())) {
      nearest = d;
      best = &name;
    }
  }
  return best ? fmt::format("; did you mean \"{}\"?", *best) : "";
}

}  // namespace gyre::webhooks
