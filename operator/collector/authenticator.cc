#include "operator/collector/authenticator.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "operator/base/digest.h"
#include "operator/collector/api_failure.h"

namespace gyre::collector {
namespace {

constexpr Kind kTokenReview{"authentication.k8s.io", "v1", "TokenReview", "tokenreviews"};
constexpr std::string_view kBearer = "Bearer ";
constexpr Duration kShort = std::chrono::minutes(1);
constexpr Duration kLong = std::chrono::minutes(30);
// More tokens than this at once are not remembered but asked about.
constexpr std::size_t kMostKnown = 20000;

}  // namespace

Identify review_tokens(runtime::Api& api) {
  return [&api](const std::string& token) -> Result<Identity> {
    const auto review = api.create(kTokenReview, make_token_review(token), "gyre-collector");
    if (!review) return fail_for_now(review.error());
    return parse_token_review(nlohmann::json::parse(review->text));
  };
}

Result<Identity> Authenticator::identify(const std::string& header) {
  if (!header.starts_with(kBearer) || header.size() == kBearer.size())
    return fail(Code::kUnauthorized, "TokenMissing", "send \"Authorization: Bearer <the pod's projected token>\"");
  const std::string token = header.substr(kBearer.size());
  const std::string hash = sha256_hex(token);
  if (auto known = remembered(hash)) return *std::move(known);
  Result<Identity> identity = identify_(token);
  if (identity) remember(hash, *identity);
  return identity;
}

std::optional<Identity> Authenticator::remembered(const std::string& token_hash) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(token_hash);
  if (found == known_.end()) return std::nullopt;
  const Duration age = clock_.now() - found->second.found_out;
  if (age < kShort || (age < kLong && is_alive_(found->second.identity))) return found->second.identity;
  known_.erase(found);
  return std::nullopt;
}

void Authenticator::remember(const std::string& token_hash, const Identity& identity) {
  const std::lock_guard lock(mutex_);
  const Time now = clock_.now();
  if (known_.size() >= kMostKnown)
    std::erase_if(known_, [&](const auto& each) { return each.second.found_out + kShort < now; });
  if (known_.size() < kMostKnown) known_.insert_or_assign(token_hash, Known{identity, now});
}

}  // namespace gyre::collector
