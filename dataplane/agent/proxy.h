#pragma once

#include <functional>

#include "dataplane/agent/config.h"
#include "dataplane/agent/metrics.h"
#include "dataplane/agent/pool.h"
#include "dataplane/agent/profiler.h"
#include "dataplane/agent/relay.h"
#include "dataplane/agent/router.h"

namespace gyre::agent {

// Answers requests: with the model server beside it, or with another revision's. Only the thread of its io_context.
class Proxy {
 public:
  // `profiler` may be null. The others outlive the proxy.
  Proxy(asio::io_context& io, const Config& config, Metrics& metrics, const RouteTable& routes, Profiler* profiler,
        const Clock& clock);

  // A client's connection until one of the two gives it up.
  Task<void> serve(Tcp::socket socket);
  // From now on the agent says that it is not ready, and ends connections with their next answer.
  void drain() { draining_ = true; }

 private:
  struct Turn;
  Task<bool> next_request(Stream& client, beast::flat_buffer& buffer);
  Task<bool> answer(Stream& client, HttpRequest request);
  Task<bool> answer_own(Stream& client, const HttpRequest& request);
  Task<bool> is_ready();
  Task<bool> is_upstream_ready();
  Task<Relayed> forward(Stream& client, HttpRequest& request, const Turn& turn);
  Task<Relayed> serve_self(Stream& client, HttpRequest& request, const Turn& turn);
  Task<bool> finish(Stream& client, const HttpRequest& request, const Turn& turn, Relayed relayed);
  void profile(HttpRequest& request, Relayed& relayed);

  asio::io_context& io_;
  const Config& config_;
  Metrics& metrics_;
  const RouteTable& routes_;
  Profiler* const profiler_;
  const Clock& clock_;
  Pool pool_;
  Splitter splitter_;
  bool draining_ = false;
  Metrics::Steady::time_point last_good_{};  // When the model server last answered well.
};

// A small answer of our own.
HttpResponse make_answer(const HttpRequest& request, http::status status, std::string type, std::string body);

// Connections to /metrics.
Task<void> serve_metrics(Tcp::socket socket, const Config& config, const Metrics& metrics, const RouteTable& routes);

}  // namespace gyre::agent
