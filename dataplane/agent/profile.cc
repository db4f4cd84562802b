#include "dataplane/agent/profile.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "operator/base/digest.h"

namespace gyre::agent {
namespace {

std::size_t entry(const stats::Bins& bins, const protocol::Value& value) {
  const std::optional<double> number = protocol::to_number(value);
  return number ? bins.index(*number) : bins.missing();
}

std::size_t entry(const stats::Categories& categories, const protocol::Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return categories.missing();
  if (const auto* text = std::get_if<std::string>(&value)) return categories.index(*text);
  return categories.index(protocol::to_text(value));
}

}  // namespace

Result<ProfileCounts> ProfileCounts::make(const std::vector<wire::Profile>& profiles) {
  ProfileCounts made;
  for (const wire::Profile& profile : profiles) {
    if (profile.type == "categorical") {
      auto categories = stats::Categories::make(profile.categories);
      if (!categories)
        return fail(Code::kInvalid, "InvalidBaseline", fmt::format("{}: a category occurs twice", profile.name));
      made.counts_.emplace_back(categories->size());
      made.layouts_.emplace_back(*std::move(categories));
    } else {
      auto bins = stats::Bins::make(profile.edges);
      if (!bins)
        return fail(Code::kInvalid, "InvalidBaseline",
                    fmt::format("{}: edges must be at least two finite numbers that increase", profile.name));
      made.counts_.emplace_back(bins->size());
      made.layouts_.emplace_back(*std::move(bins));
    }
    made.names_.push_back(profile.name);
  }
  return made;
}

void ProfileCounts::count(const std::vector<protocol::Row>& rows) {
  for (const protocol::Row& row : rows)
    for (std::size_t i = 0; i < layouts_.size() && i < row.size(); ++i)
      ++counts_[i][std::visit([&](const auto& layout) { return entry(layout, row[i]); }, layouts_[i])];
}

std::vector<wire::FeatureCounts> ProfileCounts::take() {
  std::vector<wire::FeatureCounts> taken;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    taken.push_back({names_[i], counts_[i]});
    counts_[i].assign(counts_[i].size(), 0);
  }
  return taken;
}

Result<wire::Baseline> parse_baseline(std::string_view bytes, std::string_view digest) {
  if (!digest.empty() && sha256_digest(bytes) != digest)
    return fail(Code::kMismatch, "DigestMismatch",
                fmt::format("the baseline's digest is {}, not {}", sha256_digest(bytes), digest));
  const nlohmann::json document = nlohmann::json::parse(bytes, nullptr, false);
  if (document.is_discarded()) return fail(Code::kInvalid, "InvalidJson", "the baseline is no JSON");
  Result<wire::Baseline> baseline = schema::from_json<wire::Baseline>(document);
  if (baseline && baseline->version != wire::kBaselineVersion)
    return fail(Code::kInvalid, "InvalidBaseline",
                fmt::format("the baseline's version is {}, not {}", baseline->version, wire::kBaselineVersion));
  return baseline;
}

}  // namespace gyre::agent
