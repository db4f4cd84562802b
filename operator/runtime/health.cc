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
  // httplib's default, SO_REUSEPORT, would share a port that is taken instead of failing.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
}

// Returns once it serves: httplib forgets a stop that comes before, and the thread would never end.
std::jthread serve(httplib::Server& server) {
  std::jthread thread([&server] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return thread;
}

Result<int> bind(httplib::Server& server, const std::string& address, int port) {
  const int bound = port == 0 ? server.bind_to_any_port(address) : server.bind_to_port(address, port) ? port : -1;
  if (bound > 0) return bound;
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
  impl->health_thread = serve(impl->health);
  impl->metrics_thread = serve(impl->metrics);
  return std::unique_ptr<HealthServer>(new HealthServer(std::move(impl)));
}

int HealthServer::health_port() const { return impl_->health_port; }
int HealthServer::metrics_port() const { return impl_->metrics_port; }

}  // namespace gyre::runtime
