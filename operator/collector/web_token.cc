#include "operator/collector/web_token.h"

#include <fmt/format.h>

#include <algorithm>

#include "controllers/common/names.h"
#include "operator/base/base64.h"
#include "operator/base/text.h"

namespace gyre::collector {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongest = 16 << 10;
// How far clocks of the API server's and our machine may be apart.
constexpr Duration kSkew = std::chrono::seconds(10);

const Json& at(const Json& object, const char* name) {
  static const Json nothing;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : nothing;
}

std::string text(const Json& object, const char* name) {
  const Json& found = at(object, name);
  return found.is_string() ? found.get<std::string>() : "";
}

// Part of a token: base64url of a JSON object; null when it is not.
Json part(std::string_view encoded) {
  const Result<std::string> decoded = from_base64url(std::string(encoded));
  const Json parsed = decoded ? Json::parse(*decoded, nullptr, false) : Json();
  return parsed.is_object() ? parsed : Json();
}

std::optional<Time> time(const Json& claims, const char* name) {
  const Json& found = at(claims, name);
  // Seconds; whoever claims more than a date can be is not one of ours.
  if (!found.is_number() || found.get<double>() < 0 || found.get<double>() > 253402300799.0) return std::nullopt;
  return Time(Duration(static_cast<Duration::rep>(found.get<double>() * 1000)));
}

bool names_us(const Json& audience) {
  if (!audience.is_array()) return audience == kTokenAudience;
  return std::ranges::any_of(audience, [](const Json& one) { return one == kTokenAudience; });
}

}  // namespace

Result<WebToken> parse_web_token(std::string_view token) {
  const std::size_t first = token.find('.'), last = token.rfind('.');
  if (token.size() > kLongest || first == std::string_view::npos || first == last)
    return refuse_token("it is not a signed web token; use the pod's projected token");
  const Json header = part(token.substr(0, first));
  Json claims = part(token.substr(first + 1, last - first - 1));
  Result<std::string> signature = from_base64url(std::string(token.substr(last + 1)));
  // What is critical must be understood (RFC 7515), and nothing of that kind is.
  if (header.is_null() || claims.is_null() || !signature || !at(header, "crit").is_null())
    return refuse_token("it is not a web token that can be read; use the pod's projected token");
  return WebToken{text(header, "alg"), text(header, "kid"), std::move(claims), token.substr(0, last),
                  *std::move(signature)};
}

Result<Identity> identity_of(const Json& claims, const std::string& issuer, Time now) {
  if (text(claims, "iss") != issuer)
    return refuse_token(
        fmt::format("it was issued by \"{}\", not by this cluster (\"{}\")", text(claims, "iss"), issuer));
  if (!names_us(at(claims, "aud")))
    return refuse_token(std::string("the token is for another audience; project one with audience ") + kTokenAudience);
  const std::optional<Time> end = time(claims, "exp"), start = time(claims, "nbf");
  if (!end || *end + kSkew <= now) return refuse_token("it has expired; read the projected token file anew");
  if (!start || *start - kSkew > now) return refuse_token("it is not valid yet: the clocks of two machines differ");
  const Json& bound = at(claims, "kubernetes.io");
  const std::vector<std::string> subject = split(text(claims, "sub"), ':');
  if (subject.size() != 4 || subject[0] != "system" || subject[1] != "serviceaccount" ||
      subject[2] != text(bound, "namespace"))
    return refuse_token("the token is not a service account's; use the pod's projected token");
  Identity out{subject[2], subject[3], text(at(bound, "pod"), "name"), text(at(bound, "pod"), "uid")};
  if (out.pod.empty() || out.pod_uid.empty())
    return refuse_token("the token is not bound to a pod; use the pod's projected token");
  return out;
}

}  // namespace gyre::collector
