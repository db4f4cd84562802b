#include "dataplane/agent/proxy.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "dataplane/agent/reporting.h"

namespace gyre::agent {
namespace {

constexpr std::uint64_t kLargestRequest = 64 * 1024 * 1024;
constexpr Duration kKeepAlive = std::chrono::seconds(75);
constexpr Duration kBodyTimeout = std::chrono::seconds(60);
constexpr Duration kOwnAnswerTimeout = std::chrono::seconds(10);
constexpr Duration kLinger = std::chrono::seconds(1);
constexpr Duration kProbeTimeout = std::chrono::seconds(1);
// A server that answered a request well this long ago need not be probed, busy as it may be.
constexpr Duration kRecently = std::chrono::seconds(5);
constexpr char kReadyPath[] = "/gyre/readyz";
constexpr char kHealthPath[] = "/gyre/healthz";
constexpr char kOwnPaths[] = "/gyre/";

// Counts a request as in flight for as long as it lives.
class InFlight {
 public:
  explicit InFlight(Metrics& metrics) : metrics_(metrics) { metrics_.begin_request(); }
  ~InFlight() { metrics_.end_request(); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  Metrics& metrics_;
};

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

bool is_own(const HttpRequest& request) { return view(request.target()).starts_with(kOwnPaths); }

std::string error_body(std::string_view message) { return nlohmann::json{{"error", message}}.dump(); }

// What concerns one connection alone is not passed on.
void clean(HttpRequest& request) {
  for (const http::field field :
       {http::field::connection, http::field::keep_alive, http::field::proxy_connection, http::field::te,
        http::field::trailer, http::field::upgrade, http::field::expect, http::field::transfer_encoding})
    request.erase(field);
  request.erase(wire::kHopHeader);
  request.version(11);
  if (!request.body().empty() || request.method() == http::verb::post || request.method() == http::verb::put)
    request.content_length(request.body().size());
}

Task<bool> write_answer(Stream& client, HttpResponse& response) {
  ErrorCode error;
  client.expires_after(kOwnAnswerTimeout);
  co_await http::async_write(client, response, into(error));
  co_return !error && response.keep_alive();
}

// Lets the client read our last answer before the connection goes: unread bytes of its own would reset it.
Task<void> close_gently(Stream& client) {
  ErrorCode error;
  client.socket().shutdown(Tcp::socket::shutdown_send, error);
  std::array<char, 4096> rest;
  client.expires_after(kLinger);
  while (!error) co_await client.async_read_some(asio::buffer(rest), into(error));
}

Outcome outcome_of(const Relayed& relayed) {
  if (relayed.end == End::kConnectFailed) return Outcome::kConnectFailure;
  // A client that gave up says nothing of the server.
  const bool answered = relayed.end == End::kDone || relayed.end == End::kClientGone;
  return answered && relayed.status < 500 ? Outcome::kGood : Outcome::kError;
}

}  // namespace

// One request on its way.
struct Proxy::Turn {
  Choice choice;
  Pin pin = Pin::kNone;
  unsigned client_version = 11;
  bool keep_client = true;
  bool profiled = false;
};

HttpResponse make_answer(const HttpRequest& request, http::status status, std::string type, std::string body) {
  HttpResponse response(status, request.version());
  response.keep_alive(request.keep_alive());
  response.set(http::field::content_type, type);
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

Proxy::Proxy(asio::io_context& io, const Config& config, Metrics& metrics, const RouteTable& routes, Profiler* profiler,
             const Clock& clock)
    : io_(io), config_(config), metrics_(metrics), routes_(routes), profiler_(profiler), clock_(clock), pool_(io) {}

Task<void> Proxy::serve(Tcp::socket socket) {
  ErrorCode error;
  socket.set_option(Tcp::no_delay(true), error);
  Stream client(std::move(socket));
  beast::flat_buffer buffer;
  while (true) {
    const bool keep = co_await next_request(client, buffer);
    if (!keep) break;
  }
  co_await close_gently(client);
}

Task<bool> Proxy::next_request(Stream& client, beast::flat_buffer& buffer) {
  http::request_parser<http::string_body> parser;
  parser.body_limit(kLargestRequest);
  ErrorCode error;
  client.expires_after(kKeepAlive);
  co_await http::async_read_header(client, buffer, parser, into(error));
  if (error && error != http::error::body_limit) co_return false;
  std::optional<InFlight> in_flight;
  if (!is_own(parser.get())) in_flight.emplace(metrics_);
  client.expires_after(kBodyTimeout);
  if (!error && beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await asio::async_write(client, asio::buffer(kContinue), into(error));
  }
  if (!error) co_await http::async_read(client, buffer, parser, into(error));
  if (error == http::error::body_limit) {
    HttpResponse refusal =
        make_answer(parser.get(), http::status::payload_too_large, "application/json",
                    error_body(fmt::format("a request's body may have {} bytes; send fewer rows", kLargestRequest)));
    refusal.keep_alive(false);
    co_return co_await write_answer(client, refusal);
  }
  if (error) co_return false;
  HttpRequest request = parser.release();
  if (is_own(request)) co_return co_await answer_own(client, request);
  co_return co_await answer(client, std::move(request));
}

Task<bool> Proxy::answer_own(Stream& client, const HttpRequest& request) {
  const std::string_view path = view(request.target());
  http::status status = http::status::not_found;
  if (path == kHealthPath) status = http::status::ok;
  if (path == kReadyPath) {
    const bool ready = co_await is_ready();
    status = ready ? http::status::ok : http::status::service_unavailable;
  }
  HttpResponse response = make_answer(request, status, "text/plain", status == http::status::ok ? "ok\n" : "no\n");
  co_return co_await write_answer(client, response);
}

Task<bool> Proxy::is_ready() {
  if (draining_ || !routes_.current()) co_return false;
  if (Metrics::Steady::now() - last_good_ < kRecently) co_return true;
  co_return co_await is_upstream_ready();
}

Task<bool> Proxy::is_upstream_ready() {
  std::unique_ptr<Link> link = co_await pool_.acquire(config_.upstream, Freshness::kNew, kProbeTimeout);
  if (!link) co_return false;
  if (config_.mapping.protocol != Protocol::kV2) co_return true;
  HttpRequest request(http::verb::get, "/v2/health/ready", 11);
  request.set(http::field::host, config_.upstream.host);
  request.keep_alive(false);
  HttpResponse response;
  ErrorCode error;
  link->stream.expires_after(kProbeTimeout);
  co_await http::async_write(link->stream, request, into(error));
  if (!error) co_await http::async_read(link->stream, link->buffer, response, into(error));
  // A server without that endpoint is judged by its container's own readiness probe.
  co_return !error && (response.result() == http::status::ok || response.result() == http::status::not_found);
}

Task<bool> Proxy::answer(Stream& client, HttpRequest request) {
  const auto routes = routes_.current();
  const Origin origin = request.find(wire::kHopHeader) != request.end() ? Origin::kAgent : Origin::kClient;
  Turn turn;
  turn.pin = view(request[wire::kPinHeader]) == "stable" ? Pin::kStable : Pin::kNone;
  if (routes) turn.choice = choose(*routes, config_.revision, origin, turn.pin, splitter_);
  turn.client_version = request.version();
  turn.keep_client = request.keep_alive() && !draining_ && turn.choice.connection == Connection::kKeep;
  turn.profiled = profiler_ && profiler_->is_wanted() && turn.pin == Pin::kNone &&
                  protocol::is_prediction(config_.mapping, view(request.method_string()), view(request.target()));
  if (turn.choice.way == Way::kRefuse) {
    metrics_.refused();
    HttpResponse refusal = make_answer(request, http::status::service_unavailable, "application/json",
                                       error_body("not this revision's traffic any more"));
    refusal.set(wire::kRefusedHeader, config_.revision);
    co_return co_await write_answer(client, refusal);
  }
  clean(request);
  Relayed relayed;
  if (turn.choice.way == Way::kForward) {
    relayed = co_await forward(client, request, turn);
    if (relayed.end != End::kConnectFailed && relayed.end != End::kRefused)
      co_return co_await finish(client, request, turn, std::move(relayed));
    request.erase(wire::kHopHeader);
  }
  relayed = co_await serve_self(client, request, turn);
  if (turn.profiled && relayed.end == End::kDone && relayed.status == 200) profile(request, relayed);
  co_return co_await finish(client, request, turn, std::move(relayed));
}

Task<Relayed> Proxy::forward(Stream& client, HttpRequest& request, const Turn& turn) {
  const Result<Address> to = parse_address(turn.choice.target.host);
  if (!to) {
    Relayed nobody;
    nobody.end = End::kConnectFailed;
    metrics_.forwarded(turn.choice.target.revision, Outcome::kConnectFailure, {});
    co_return nobody;
  }
  request.set(wire::kHopHeader, config_.revision);
  const RelayOptions options{*to, config_.timeout, turn.choice.target.revision, turn.client_version, turn.keep_client,
                             0};
  const auto begun = Metrics::Steady::now();
  Relayed relayed = co_await relay(pool_, request, client, options);
  if (relayed.end != End::kRefused)
    metrics_.forwarded(turn.choice.target.revision, outcome_of(relayed), Metrics::Steady::now() - begun);
  co_return relayed;
}

Task<Relayed> Proxy::serve_self(Stream& client, HttpRequest& request, const Turn& turn) {
  const RelayOptions options{config_.upstream,    config_.timeout,  config_.revision,
                             turn.client_version, turn.keep_client, turn.profiled ? Profiler::kLargestBody : 0};
  // A compressed answer could not be profiled; servers need not compress.
  if (turn.profiled) request.erase(http::field::accept_encoding);
  const auto begun = Metrics::Steady::now();
  Relayed relayed = co_await relay(pool_, request, client, options);
  const Outcome outcome = outcome_of(relayed);
  if (outcome == Outcome::kGood) last_good_ = Metrics::Steady::now();
  metrics_.served(outcome, Metrics::Steady::now() - begun);
  co_return relayed;
}

Task<bool> Proxy::finish(Stream& client, const HttpRequest& request, const Turn& turn, Relayed relayed) {
  if (relayed.end == End::kDone) co_return turn.keep_client;
  if (relayed.end == End::kBroken || relayed.end == End::kClientGone) {
    client.close();
    co_return false;
  }
  const bool late = relayed.end == End::kTimeout;
  HttpResponse response = make_answer(
      request, late ? http::status::gateway_timeout : http::status::bad_gateway, "application/json",
      error_body(late ? fmt::format("the model server did not answer within {}", format_duration(config_.timeout))
                      : std::string("the model server cannot be reached")));
  response.version(turn.client_version);
  response.keep_alive(turn.keep_client);
  response.set(wire::kRevisionHeader, config_.revision);
  co_return co_await write_answer(client, response);
}

void Proxy::profile(HttpRequest& request, Relayed& relayed) {
  if (request.body().size() > Profiler::kLargestBody || relayed.body.empty()) {
    ++metrics_.dropped;
    return;
  }
  profiler_->offer({std::move(request.body()), std::move(relayed.body), clock_.now()});
}

Task<void> serve_metrics(Tcp::socket socket, const Config& config, const Metrics& metrics, const RouteTable& routes) {
  Stream client(std::move(socket));
  beast::flat_buffer buffer;
  bool keep = true;
  while (keep) {
    HttpRequest request;
    ErrorCode error;
    client.expires_after(kKeepAlive);
    co_await http::async_read(client, buffer, request, into(error));
    if (error) break;
    const bool known = view(request.target()) == "/metrics";
    HttpResponse response =
        make_answer(request, known ? http::status::ok : http::status::not_found, "text/plain; version=0.0.4",
                    known ? format_metrics(metrics, identity_of(config, routes)) : "metrics are at /metrics\n");
    keep = co_await write_answer(client, response);
  }
}

}  // namespace gyre::agent
