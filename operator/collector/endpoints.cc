#include "operator/collector/endpoints.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dataplane/wire/baseline.h"
#include "operator/collector/checks.h"

namespace gyre::collector {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLargestReport = 256 * 1024;
constexpr std::size_t kLargestDelivery = 4 << 20;

int status_of(Code code) {
  switch (code) {
    case Code::kInvalid:
      return 400;
    case Code::kUnauthorized:
      return 401;
    case Code::kForbidden:
      return 403;
    case Code::kNotFound:
      return 404;
    case Code::kAlreadyExists:
    case Code::kConflict:
      return 409;
    case Code::kGone:
      return 410;
    case Code::kMismatch:
      return 422;
    case Code::kThrottled:
      return 429;
    case Code::kUnavailable:
    case Code::kTimeout:
    case Code::kCancelled:
      return 503;
    case Code::kInternal:
      return 500;
  }
  return 500;
}

std::optional<Answer> too_large(const Call& call, std::size_t most) {
  if (call.body.size() <= most) return std::nullopt;
  Answer out =
      error_answer({Code::kInvalid, "TooLarge",
                    fmt::format("the body has {} bytes; at most {} are taken", call.body.size(), most), std::nullopt});
  out.status = 413;
  return out;
}

template <class T>
Result<T> parse(const Call& call) {
  const Json document = Json::parse(call.body, nullptr, false);
  if (document.is_discarded()) return fail(Code::kInvalid, "InvalidJson", "the body is not JSON");
  return schema::from_json<T>(document);
}

std::string model_version_of(const Call& call) { return call.path.substr(std::string(wire::kBaselinesPath).size()); }

}  // namespace

Answer error_answer(const Error& error) {
  Json body{{"reason", error.reason}, {"message", error.message}};
  // Such messages begin with the field's path.
  if (error.reason == "InvalidField" || error.reason == "RequiredField")
    body["field"] = error.message.substr(0, error.message.find(": "));
  return {status_of(error.code), body.dump(-1, ' ', false, Json::error_handler_t::replace), ""};
}

std::optional<Answer> Endpoints::elsewhere(const Call& call) const {
  if (leadership_.is_ours()) return std::nullopt;
  const std::string address = leadership_.address();
  if (address.empty())
    return error_answer({Code::kUnavailable, "NoLeader", "no replica leads at present; try again", std::nullopt});
  Answer out = error_answer({Code::kUnavailable, "NotLeading", address + " leads; ask there", std::nullopt});
  out.status = 307;
  out.location = fmt::format("https://{}{}", address, call.path);
  return out;
}

Result<Identity> Endpoints::identify(const Call& call, const std::string& service) {
  Result<Identity> from = authenticator_.identify(call.authorization);
  if (from && !speaks_(*from, service))
    return fail(
        Code::kForbidden, "OtherService",
        fmt::format("service: pod {} is not one of InferenceService {}/{}", from->pod, from->namespace_, service));
  return from;
}

Answer Endpoints::sync(const Call& call) {
  if (auto moved = elsewhere(call)) return *std::move(moved);
  if (auto refused = too_large(call, kLargestReport)) return *std::move(refused);
  const Result<wire::SyncRequest> request = parse<wire::SyncRequest>(call);
  if (!request) return error_answer(request.error());
  if (const auto ok = check(*request); !ok) return error_answer(ok.error());
  const Result<Identity> from = identify(call, request->service);
  if (!from) return error_answer(from.error());
  return {200, schema::to_json(fleet_.sync(*from, *request)).dump(), ""};
}

Answer Endpoints::buckets(const Call& call) {
  if (auto moved = elsewhere(call)) return *std::move(moved);
  if (auto refused = too_large(call, kLargestDelivery)) return *std::move(refused);
  Result<wire::BucketsRequest> request = parse<wire::BucketsRequest>(call);
  if (!request) return error_answer(request.error());
  if (const auto ok = check(*request, clock_.now()); !ok) return error_answer(ok.error());
  const Result<Identity> from = identify(call, request->service);
  if (!from) return error_answer(from.error());
  const Key service{from->namespace_, request->service};
  const auto response = intake_.submit(service, from->pod_uid, *std::move(request));
  if (!response) return error_answer(response.error());
  return {200, schema::to_json(*response).dump(), ""};
}

Answer Endpoints::put_baseline(const Call& call) {
  if (auto moved = elsewhere(call)) return *std::move(moved);
  if (auto refused = too_large(call, wire::kMaxBaselineBytes)) return *std::move(refused);
  const Result<Identity> from = authenticator_.identify(call.authorization);
  if (!from) return error_answer(from.error());
  const auto kept = baselines_.put({from->namespace_, model_version_of(call)}, call.body);
  if (!kept) return error_answer(kept.error());
  return {200, "{}", ""};
}

Answer Endpoints::get_baseline(const Call& call) {
  if (auto moved = elsewhere(call)) return *std::move(moved);
  const Result<Identity> from = authenticator_.identify(call.authorization);
  if (!from) return error_answer(from.error());
  Result<std::string> bytes = baselines_.get({from->namespace_, model_version_of(call)});
  if (!bytes) return error_answer(bytes.error());
  return {200, *std::move(bytes), ""};
}

}  // namespace gyre::collector
