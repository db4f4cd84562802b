#include "operator/kube/client.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "operator/kube/credentials.h"
#include "operator/kube/io_loop.h"
#include "operator/kube/line_buffer.h"
#include "operator/kube/status_error.h"

namespace gyre::kube {
namespace {

std::string host_of(const std::string& server) {
  const std::size_t start = server.find("://");
  return start == std::string::npos ? server : server.substr(start + 3);
}

// As Go's clients: proxies are for others than this machine.
bool is_loopback(const std::string& host) {
  return host.starts_with("127.") || host.starts_with("localhost:") || host.starts_with("[::1]");
}

}  // namespace

struct Client::Impl {
  Impl(Config config_in, Observer observer_in)
      : config(std::move(config_in)),
        observer(std::move(observer_in)),
        credentials(config),
        host(host_of(config.server)) {}

  Transfer make_transfer(const Request& request) {
    const Credentials::Current now = credentials.current();
    Transfer transfer;
    transfer.url = config.server + target_of(request);
    transfer.method = to_string(request.method);
    transfer.body = request.body;
    transfer.headers = {"Accept: application/json", "User-Agent: gyre-operator"};
    if (!request.body.empty()) transfer.headers.push_back(fmt::format("Content-Type: {}", request.content_type));
    if (!now.token.empty()) transfer.headers.push_back("Authorization: Bearer " + now.token);
    transfer.ca_pem = now.ca_pem;
    transfer.cert_pem = config.client_cert_pem;
    transfer.key_pem = config.client_key_pem;
    transfer.verify = config.tls_check == TlsCheck::kVerify;
    transfer.multiplex = config.server.starts_with("https://");
    transfer.is_local = is_loopback(host);
    transfer.timeout = request.timeout;
    return transfer;
  }

  void report(const Request& request, const Transfer& transfer, std::chrono::steady_clock::time_point started) {
    if (!observer) return;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    const std::string code = transfer.status == 0 ? "<error>" : std::to_string(transfer.status);
    observer({request.verb, request.resource, transfer.method, code, host, took.count()});
  }

  // One attempt; a status of 400 or more is an error.
  Result<std::string> attempt(const Request& request) {
    Transfer transfer = make_transfer(request);
    const auto started = std::chrono::steady_clock::now();
    const Result<void> sent = writes.run(transfer);
    report(request, transfer, started);
    if (!sent) return fail(sent.error());
    if (transfer.status >= 400)
      return fail(error_from_response(transfer.status, transfer.answer, transfer.retry_after_seconds));
    return std::move(transfer.answer);
  }

  Result<void> watch_once(const Request& request, const OnLine& on_line, std::stop_token stop) {
    Transfer transfer = make_transfer(request);
    LineBuffer lines;
    transfer.on_data = [&](std::string_view bytes) { lines.feed(bytes, on_line); };
    const auto started = std::chrono::steady_clock::now();
    const Result<void> ended = watches.run(transfer, stop);
    report(request, transfer, started);
    if (!ended) return ended;
    if (transfer.status >= 400)
      return fail(error_from_response(transfer.status, transfer.answer, transfer.retry_after_seconds));
    return {};
  }

  // A 401 may only mean that the token in hand has just expired.
  template <class Try>
  auto with_fresh_token(Try attempt_once) {
    auto result = attempt_once();
    if (result || result.error().code != Code::kUnauthorized || config.token_file.empty()) return result;
    credentials.expire();
    return attempt_once();
  }

  const Config config;
  const Observer observer;
  Credentials credentials;
  const std::string host;
  IoLoop writes;
  IoLoop watches;
};

Client::Client(Config config, Observer observer)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(observer))) {}
Client::~Client() = default;

Result<std::string> Client::send_text(const Request& request) {
  return impl_->with_fresh_token([&] { return impl_->attempt(request); });
}

Result<nlohmann::json> Client::send(const Request& request) {
  const Result<std::string> answer = send_text(request);
  if (!answer) return fail(answer.error());
  nlohmann::json json = nlohmann::json::parse(*answer, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    return fail(Code::kUnavailable, "TruncatedAnswer",
                fmt::format("{} {}: the answer is not JSON", to_string(request.method), request.path));
  return json;
}

Result<void> Client::watch(const Request& request, const OnLine& on_line, std::stop_token stop) {
  return impl_->with_fresh_token([&] { return impl_->watch_once(request, on_line, stop); });
}

void Client::cancel_writes() { impl_->writes.cancel_writes(); }

const Config& Client::config() const { return impl_->config; }

}  // namespace gyre::kube
