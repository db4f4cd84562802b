#include "operator/kube/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "operator/base/utf8.h"
#include "operator/kube/connection_pool.h"
#include "operator/kube/credentials.h"
#include "operator/kube/frame_buffer.h"
#include "operator/kube/protobuf/object.h"
#include "operator/kube/proxy.h"
#include "operator/kube/status_error.h"
#include "operator/kube/url.h"
#include "operator/trace/span.h"

namespace gyre::kube {
namespace {

// A frame is one object, which etcd keeps below 2 MiB.
constexpr std::size_t kLongestFrame = std::size_t{16} << 20;
constexpr std::size_t kQuoted = 200;

using Deadline = std::chrono::steady_clock::time_point;

// A millisecond at least: none would mean for ever.
Duration left_until(Deadline deadline) {
  const auto left = std::chrono::duration_cast<Duration>(deadline - std::chrono::steady_clock::now());
  return std::max(Duration(1), left);
}

// To check the certificate for another name than the server's, the URL carries that name, and we connect elsewhere.
Route route_to(const Config& config) {
  Route route;
  const Url url = split_url(config.server);
  route.base_url = config.server;
  route.proxy = config.proxy_url.empty() ? environment_proxy(config.server) : config.proxy_url;
  // As Go's clients, which leave names to the proxy.
  if (route.proxy.starts_with("socks5://")) route.proxy.insert(6, "h");
  route.verify = config.tls_check == TlsCheck::kVerify;
  if (config.tls_server_name.empty() || url.scheme != "https") return route;
  const std::string port = split_authority(url.authority).port;
  const std::string with_port = port.empty() ? url.authority + ":443" : url.authority;
  route.base_url =
      fmt::format("{}://{}:{}{}", url.scheme, config.tls_server_name, port.empty() ? "443" : port, url.path);
  route.connect_to = with_port;
  route.host = url.authority;
  return route;
}

Framing framing_of(const Transfer& transfer) {
  return transfer.content_type.starts_with(kProtobuf) ? Framing::kPrefixed : Framing::kLines;
}

// Where protocol buffers are asked for, a refusal comes in them, too.
std::string refusal_as_json(const std::string& answer) {
  const auto status = protobuf::open(answer);
  return status ? protobuf::status_to_json(*status).value_or(answer) : answer;
}

}  // namespace

bool is_answer_lost(const Error& error) {
  if (error.code == Code::kTimeout) return true;
  if (error.code == Code::kCancelled) return error.reason == "Cancelled";
  return error.code == Code::kUnavailable &&
         (error.reason == "Unreachable" || error.reason == "AnswerTooLarge" || error.reason == "TruncatedAnswer");
}

Error unread_answer(const Request& request, std::string_view why) {
  return {Code::kUnavailable, "TruncatedAnswer", fmt::format("{} {}: {}", to_string(request.method), request.path, why),
          std::nullopt};
}

struct Client::Impl {
  Impl(Config config_in, Observer observer_in)
      : config(std::move(config_in)),
        observer(std::move(observer_in)),
        credentials(config),
        route(route_to(config)),
        host(split_url(config.server).authority) {}

  Transfer make_transfer(const Request& request, IdentityPtr identity, Duration timeout) const {
    Transfer transfer(route);
    transfer.url = route.base_url + target_of(request);
    transfer.method = to_string(request.method);
    transfer.body = request.body;
    transfer.headers = {fmt::format("Accept: {}", request.accept), "User-Agent: gyre-operator"};
    if (!route.host.empty()) transfer.headers.push_back("Host: " + route.host);
    if (!request.body.empty()) transfer.headers.push_back(fmt::format("Content-Type: {}", request.content_type));
    if (!identity->token.empty()) transfer.headers.push_back("Authorization: Bearer " + identity->token);
    transfer.identity = std::move(identity);
    transfer.timeout = timeout;
    return transfer;
  }

  void report(const Request& request, const Transfer& transfer, bool answered,
              std::chrono::steady_clock::time_point started) {
    if (!observer) return;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    const std::string code = answered ? std::to_string(transfer.status) : "<error>";
    observer({request.verb, request.resource, transfer.method, code, host, took.count()});
  }

  // One attempt; a status of 300 or more is an error: the API server redirects nobody, but a login page does.
  Result<std::string> attempt(const Request& request, Transfer& transfer, std::stop_token stop) {
    trace::Span span = trace::child(transfer.method, request.resource, trace::SpanKind::kClient);
    if (const std::string parent = span.traceparent(); !parent.empty())
      transfer.headers.push_back("traceparent: " + parent);
    const auto started = std::chrono::steady_clock::now();
    const Result<void> ended = connections.run(transfer, stop);
    report(request, transfer, ended.has_value(), started);
    if (span.is_recording()) describe(span, transfer, ended);
    if (!ended) return fail(ended.error());
    if (transfer.status >= 300)
      return fail(error_from_response(transfer.status, refusal_as_json(transfer.answer), transfer.retry_after_seconds));
    return std::move(transfer.answer);
  }

  // By OpenTelemetry's conventions for HTTP clients.
  void describe(trace::Span& span, const Transfer& transfer, const Result<void>& ended) const {
    const Authority server = split_authority(host);
    span.set("http.request.method", transfer.method);
    span.set("url.full", transfer.url);
    span.set("server.address", server.host);
    span.set("server.port", server.port.empty() ? 443 : std::atoll(server.port.c_str()));
    if (!ended) {
      span.set("error.type", ended.error().reason);
      return span.fail(ended.error().message);
    }
    span.set("http.response.status_code", transfer.status);
    if (transfer.status < 300) return;
    span.set("error.type", std::to_string(transfer.status));
    span.fail("");
  }

  Result<std::string> send_once(const Request& request, const IdentityPtr& identity, Deadline deadline,
                                std::stop_token stop) {
    Transfer transfer = make_transfer(request, identity, left_until(deadline));
    Result<std::string> answer = attempt(request, transfer, stop);
    // A connection that breaks, as when a server that is about to end closes it, costs a read nothing but the time.
    const bool broke = !answer && transfer.status < 300 && answer.error().reason == "Unreachable";
    if (!broke || request.method != Method::kGet) return answer;
    Transfer again = make_transfer(request, identity, left_until(deadline));
    return attempt(request, again, stop);
  }

  Result<std::string> watch_once(const Request& request, const IdentityPtr& identity, const OnFrame& on_frame,
                                 std::stop_token stop, const OnTick& on_tick) {
    Transfer transfer = make_transfer(request, identity, request.timeout);
    transfer.on_tick = on_tick;
    std::optional<FrameBuffer> frames;
    bool too_long = false;
    transfer.on_data = [&](std::string_view bytes) {
      if (!frames) frames.emplace(kLongestFrame, framing_of(transfer));
      too_long = frames->feed(bytes, on_frame) == FrameBuffer::Fed::kTooLong;
      return too_long ? Transfer::Wants::kNoMore : Transfer::Wants::kMore;
    };
    Result<std::string> ended = attempt(request, transfer, stop);
    if (too_long)
      return fail(Code::kUnavailable, "WatchFrameTooLarge",
                  fmt::format("watch {}: a frame is larger than {} MiB", request.path, kLongestFrame >> 20));
    return ended;
  }

  // A 401 may only mean that what we showed has just expired; there is no second try with the same.
  template <class Try>
  Result<std::string> with_identity(Deadline deadline, std::stop_token stop, Try attempt_once) {
    const Result<IdentityPtr> identity = credentials.current(deadline, stop);
    if (!identity) return fail(identity.error());
    Result<std::string> result = attempt_once(*identity);
    if (result || result.error().code != Code::kUnauthorized) return result;
    credentials.reject(*identity);
    const Result<IdentityPtr> fresh = credentials.current(deadline, stop);
    if (!fresh) return fail(fresh.error());
    return *fresh == *identity ? result : attempt_once(*fresh);
  }

  // What ends a request from without.
  std::stop_token stop_of(const Request& request) {
    if (!request.is_leaders) return {};
    const std::lock_guard lock(mutex);
    return leading.get_token();
  }

  void cancel_writes() {
    std::stop_source ended;
    {
      const std::lock_guard lock(mutex);
      std::swap(leading, ended);
    }
    ended.request_stop();
  }

  const Config config;
  const Observer observer;
  Credentials credentials;
  const Route route;
  const std::string host;
  ConnectionPool connections;
  std::mutex mutex;
  std::set<Kind> json_only;  // GUARDED_BY(mutex)
  std::stop_source leading;  // GUARDED_BY(mutex) For the leader's writes that have begun.
};

Client::Client(Config config, Observer observer)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(observer))) {}
Client::~Client() = default;

Result<std::string> Client::send_text(const Request& request) {
  const Deadline deadline = std::chrono::steady_clock::now() + request.timeout;
  const std::stop_token stop = impl_->stop_of(request);
  return impl_->with_identity(
      deadline, stop, [&](const IdentityPtr& identity) { return impl_->send_once(request, identity, deadline, stop); });
}

Result<nlohmann::json> Client::send(const Request& request) {
  const Result<std::string> answer = send_text(request);
  if (!answer) return fail(answer.error());
  nlohmann::json json = nlohmann::json::parse(*answer, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return fail(unread_answer(request, fmt::format("the answer is not a JSON object: {}", excerpt(*answer, kQuoted))));
  return json;
}

Result<void> Client::watch(const Request& request, const OnFrame& on_frame, std::stop_token stop,
                           const OnTick& on_tick) {
  const Deadline deadline = std::chrono::steady_clock::now() + request.timeout;
  const auto ended = impl_->with_identity(deadline, stop, [&](const IdentityPtr& identity) {
    return impl_->watch_once(request, identity, on_frame, stop, on_tick);
  });
  if (!ended) return fail(ended.error());
  return {};
}

std::string_view Client::encoding_of(const Kind& kind) const {
  const std::lock_guard lock(impl_->mutex);
  return protobuf::is_known(kind) && !impl_->json_only.contains(kind) ? kProtobufOrJson : kJson;
}

bool Client::give_up_protobuf(const Kind& kind) {
  if (!protobuf::is_known(kind)) return false;
  const std::lock_guard lock(impl_->mutex);
  return impl_->json_only.insert(kind).second;
}

void Client::cancel_writes() { impl_->cancel_writes(); }

const Config& Client::config() const { return impl_->config; }

}  // namespace gyre::kube
