#include "operator/runtime/health.h"

#include <httplib.h>

#include "operator/runtime/listening.h"

namespace gyre::runtime {

struct HealthServer::Impl {
  httplib::Server health, metrics;
  std::unique_ptr<Listening> health_listening, metrics_listening;
};

namespace {

// httplib's default pool is eight threads a server; a probe and a scrape need one each.
void make_small(httplib::Server& server) {
  server.new_task_queue = [] { return new httplib::ThreadPool(2); };
  server.set_keep_alive_max_count(1);
}

}  // namespace

HealthServer::HealthServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HealthServer::~HealthServer() = default;

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
  auto health_listening = Listening::start(impl->health, "health", options.address, options.health_port);
  if (!health_listening) return fail(health_listening.error());
  impl->health_listening = *std::move(health_listening);
  auto metrics_listening = Listening::start(impl->metrics, "metrics", options.address, options.metrics_port);
  if (!metrics_listening) return fail(metrics_listening.error());
  impl->metrics_listening = *std::move(metrics_listening);
  return std::unique_ptr<HealthServer>(new HealthServer(std::move(impl)));
}

int HealthServer::health_port() const { return impl_->health_listening->port(); }
int HealthServer::metrics_port() const { return impl_->metrics_listening->port(); }

}  // namespace gyre::runtime
