#include "operator/kube/status_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "operator/base/utf8.h"

namespace gyre::kube {
namespace {

// A server that asks for more is mistaken, or wants us to stop.
constexpr double kLongestDelaySeconds = 3600;

std::string text_at(const nlohmann::json& json, const char* name) {
  if (!json.is_object()) return {};
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Code code_for(long http_status, std::string_view reason) {
  switch (http_status) {
    case 400:
    case 405:
    case 413:
    case 415:
    case 422:
      return Code::kInvalid;
    case 401:
      return Code::kUnauthorized;
    case 403:
      return Code::kForbidden;
    case 404:
      return Code::kNotFound;
    case 408:
      return Code::kTimeout;
    case 409:
      return reason == "AlreadyExists" ? Code::kAlreadyExists : Code::kConflict;
    case 410:
      return Code::kGone;
    case 429:
      return Code::kThrottled;
    case 504:
      return Code::kTimeout;
    default:
      return http_status >= 500 ? Code::kUnavailable : Code::kInvalid;
  }
}

bool has_cause(const nlohmann::json& status, const char* member, std::string_view value) {
  const nlohmann::json causes = status.is_object() && status.contains("details") && status["details"].is_object()
                                    ? status["details"].value("causes", nlohmann::json::array())
                                    : nlohmann::json::array();
  return std::any_of(causes.begin(), causes.end(),
                     [&](const nlohmann::json& cause) { return text_at(cause, member) == value; });
}

std::optional<double> suggested_delay(const nlohmann::json& status) {
  if (!status.is_object() || !status.contains("details") || !status["details"].is_object()) return std::nullopt;
  const auto& details = status["details"];
  const auto found = details.find("retryAfterSeconds");
  if (found == details.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

}  // namespace

Error error_from_response(long http_status, std::string_view body, std::optional<double> retry_after_seconds) {
  const nlohmann::json status = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  Error error;
  error.reason = text_at(status, "reason");
  error.code = code_for(http_status, error.reason);
  error.message = text_at(status, "message");
  // The API server refuses in JSON. This was something before it, as a load balancer, or nothing serves such a path.
  const bool is_final = error.code == Code::kInvalid || error.code == Code::kNotFound;
  if (is_final && !status.is_object()) error.code = Code::kUnavailable;
  // A webhook's plain denial comes as 403 or 400 with this wording; asking again changes nothing.
  if (http_status == 403 && error.message.starts_with("admission webhook")) error.code = Code::kInvalid;
  // A patch or apply whose UID is another's is refused as an invalid change of the UID, but it means that the object
  // was replaced since we read it.
  if (http_status == 422 && has_cause(status, "field", "metadata.uid")) {
    error.code = Code::kConflict;
    error.reason = "Conflict";
  }
  // Said as 403, but no permission is missing: the objects that we act on are about to go.
  if (http_status == 403 && has_cause(status, "reason", "NamespaceTerminating")) {
    error.code = Code::kConflict;
    error.reason = "NamespaceTerminating";
  }
  if (error.reason.empty()) error.reason = fmt::format("Http{}", http_status);
  if (error.message.empty())
    error.message = fmt::format("the API server answered {}: {}", http_status, excerpt(body, 200));
  error.retry_after_seconds = retry_after_seconds ? retry_after_seconds : suggested_delay(status);
  if (error.retry_after_seconds)
    error.retry_after_seconds = std::clamp(*error.retry_after_seconds, 0.0, kLongestDelaySeconds);
  return error;
}

}  // namespace gyre::kube
