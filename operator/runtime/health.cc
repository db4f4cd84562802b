#include "operator/runtime/health.h"

#include <fmt/format.h>
#include <httplib.h>

#include <thread>

namespace gyre::runtime {

struct HealthServer::Impl {
  httplib::Server health, metrics;
  int health_port = 0, metrics_port = 0;
  std::jthread health_thread, metrics_thread;
};

namespace {

// httplib's default pool is eight threads a server; a probe and a scrape need one each.
void make_small(httplib::Server& server) {
  server.new_task_queue = [] { return new httplib::ThreadPool(2); };
  server.set_keep_alive_max_count(1);
}

Result<int> bind(httplib::Server& server, const std::string& address, int port) {
  if (port == 0) return server.bind_to_any_port(address);
  if (server.bind_to_port(address, port)) return port;
  return fail(Code::kUnavailable, "PortTaken",
              fmt::format("cannot listen on {}:{}; choose another port", address, port));
}

}  // namespace

HealthServer::HealthServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HealthServer::~HealthServer() {
  impl_->health.stop();
  impl_->metrics.stop();
}

Result<std::unique_ptr<HealthServer>> HealthServer::start(const HealthOptions& options, const Metrics& metrics,
                                                          Readiness readiness) {
  auto impl = std::make_unique<Impl>();
  make_small(impl->health);
  make_small(impl->metrics);
  impl->health.Get(
      "/healthz", [](const httplib::Request&, httplib::Response& answer) { answer.set_content("ok\n", "text/plain"); });
  impl->health.Get("/readyz", [readiness](const httplib::Request&, httplib::Response& answer) {
    const Result<void> ready = readiness();
    answer.status = ready ? 200 : 503;
    answer.set_content(ready ? "ok\n" : ready.error().message + "\n", "text/plain");
  });
  impl->metrics.Get("/metrics", [&metrics](const httplib::Request&, httplib::Response& answer) {
    answer.set_content(metrics.text(), "text/plain; version=0.0.4");
  });
  const Result<int> health_port = bind(impl->health, options.address, options.health_port);
  if (!health_port) return fail(health_port.error());
  const Result<int> metrics_port = bind(impl->metrics, options.address, options.metrics_port);
  if (!metrics_port) return fail(metrics_port.error());
  impl->health_port = *health_port;
  impl->metrics_port = *metrics_port;
  Impl& running = *impl;
  impl->health_thread = std::jthread([&running] { running.health.listen_after_bind(); });
  impl->metrics_thread = std::jthread([&running] { running.metrics.listen_after_bind(); });
  return std::unique_ptr<HealthServer>(new HealthServer(std::move(impl)));
}

int HealthServer::health_port() const { return impl_->health_port; }
int HealthServer::metrics_port() const { return impl_->metrics_port; }

}  // namespace gyre::runtime
