#include "operator/collector/identity.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "controllers/common/names.h"
#include "operator/base/text.h"

namespace gyre::collector {
namespace {

using Json = nlohmann::json;

// First of a list of strings in user.extra.
std::string extra(const Json& user, const char* name) {
  const auto all = user.find("extra");
  if (all == user.end() || !all->is_object()) return {};
  const auto values = all->find(name);
  if (values == all->end() || !values->is_array() || values->empty() || !values->front().is_string()) return {};
  return values->front().get<std::string>();
}

bool is_for_us(const Json& status) {
  const auto audiences = status.find("audiences");
  return audiences != status.end() && audiences->is_array() &&
         std::ranges::any_of(*audiences, [](const Json& one) { return one == kTokenAudience; });
}

}  // namespace

std::unexpected<Error> refuse_token(std::string why) {
  return fail(Code::kUnauthorized, "TokenRefused", std::move(why));
}

Json make_token_review(const std::string& token) {
  return {{"apiVersion", "authentication.k8s.io/v1"},
          {"kind", "TokenReview"},
          {"metadata", Json::object()},
          {"spec", {{"token", token}, {"audiences", {kTokenAudience}}}}};
}

Result<Identity> parse_token_review(const Json& review) {
  const Json status = review.is_object() ? review.value("status", Json::object()) : Json::object();
  if (status.value("authenticated", false) != true)
    return refuse_token(
        "the API server does not know this token, or it has expired; read the projected token file anew");
  if (!is_for_us(status))
    return refuse_token(std::string("the token is for another audience; project one with audience ") + kTokenAudience);
  const Json user = status.value("user", Json::object());
  const std::vector<std::string> name = split(user.value("username", ""), ':');
  if (name.size() != 4 || name[0] != "system" || name[1] != "serviceaccount")
    return refuse_token("the token is not a service account's; use the pod's projected token");
  Identity out{name[2], name[3], extra(user, "authentication.kubernetes.io/pod-name"),
               extra(user, "authentication.kubernetes.io/pod-uid")};
  if (out.pod.empty() || out.pod_uid.empty())
    return refuse_token("the token is not bound to a pod; use the pod's projected token");
  return out;
}

}  // namespace gyre::collector
