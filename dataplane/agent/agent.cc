#include "dataplane/agent/agent.h"

#include <fmt/format.h>

#include <algorithm>

#include "dataplane/agent/files.h"
#include "dataplane/agent/log.h"
#include "dataplane/agent/proxy.h"
#include "dataplane/agent/reporting.h"
#include "operator/base/digest.h"

namespace gyre::agent {
namespace {

constexpr Duration kRoutesPoll = std::chrono::milliseconds(500);
constexpr Duration kDrainPoll = std::chrono::milliseconds(50);
// Together below the thirty seconds that Kubernetes gives a pod.
constexpr Duration kLongestDrain = std::chrono::seconds(15);
constexpr Duration kLongestFlush = std::chrono::seconds(8);

Result<Tcp::acceptor> listen(asio::io_context& io, const Address& address) {
  ErrorCode error;
  const auto ip = asio::ip::make_address(address.host, error);
  Tcp::acceptor acceptor(io);
  const Tcp::endpoint endpoint(ip, address.port);
  if (!error) acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    return fail(Code::kUnavailable, "CannotListen",
                fmt::format("cannot listen on {}:{}: {}", address.host, address.port, error.message()));
  return acceptor;
}

// Hands each connection to `serve`, until the acceptor is closed.
template <class Serve>
Task<void> accept(Tcp::acceptor& acceptor, Serve serve) {
  while (acceptor.is_open()) {
    ErrorCode error;
    Tcp::socket socket(acceptor.get_executor());
    co_await acceptor.async_accept(socket, into(error));
    if (error == asio::error::operation_aborted) co_return;
    if (!error) {
      asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), asio::detached);
      continue;
    }
    // Out of descriptors, most likely: those in use will come back.
    asio::steady_timer timer(acceptor.get_executor(), kDrainPoll);
    co_await timer.async_wait(into(error));
  }
}

}  // namespace

struct Agent::Parts {
  explicit Parts(Config settings) : config(std::move(settings)) {}

  Task<void> follow_routes();
  Task<void> drain();
  void load_routes();
  void load_baseline(const Clock& clock);

  const Config config;
  Metrics metrics;
  RouteTable routes;
  std::unique_ptr<BucketStore> store;
  std::string baseline_digest;
  std::unique_ptr<Profiler> profiler;
  std::string routes_error;
  asio::io_context io{1};
  std::optional<Tcp::acceptor> inference;
  std::optional<Tcp::acceptor> scrape;
  std::optional<Proxy> proxy;
};

void Agent::Parts::load_routes() {
  Result<wire::Routes> read = read_routes(config.routes_file);
  std::string problem = read ? "" : read.error().message;
  if (read) routes.offer(*std::move(read));
  if (problem != routes_error && !problem.empty()) log(Level::kError, "no routes from the file: " + problem);
  routes_error = std::move(problem);
}

// Without a readable baseline of the right digest requests are served all the same, unprofiled.
void Agent::Parts::load_baseline(const Clock& clock) {
  const Result<std::string> bytes = read_file(config.baseline_file);
  if (!bytes) return log(Level::kInfo, "not profiling: " + bytes.error().message);
  const auto baseline = parse_baseline(*bytes, config.baseline_digest);
  if (!baseline) return log(Level::kError, "not profiling: " + baseline.error().message);
  Result<std::unique_ptr<BucketStore>> opened = BucketStore::open(config.buckets_folder);
  if (!opened) return log(Level::kError, "not profiling: " + opened.error().message);
  store = *std::move(opened);
  baseline_digest = sha256_digest(*bytes);
  Result<std::unique_ptr<Profiler>> made = Profiler::make(*baseline, config.mapping, *store, metrics, clock);
  if (!made) return log(Level::kError, "not profiling: " + made.error().message);
  profiler = *std::move(made);
}

Task<void> Agent::Parts::follow_routes() {
  asio::steady_timer timer(io);
  while (true) {
    ErrorCode error;
    timer.expires_after(kRoutesPoll);
    co_await timer.async_wait(into(error));
    load_routes();
  }
}

Task<void> Agent::Parts::drain() {
  proxy->drain();
  asio::steady_timer timer(io);
  const auto end = std::chrono::steady_clock::now() + std::min(kLongestDrain, config.timeout);
  // Requests whose connections were accepted just now are seen at the second look.
  for (int quiet = 0; quiet < 2 && std::chrono::steady_clock::now() < end;) {
    ErrorCode error;
    timer.expires_after(kDrainPoll);
    co_await timer.async_wait(into(error));
    quiet = metrics.in_flight() == 0 ? quiet + 1 : 0;
  }
  io.stop();
}

Agent::Agent(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Agent::~Agent() = default;

Result<std::unique_ptr<Agent>> Agent::make(Config config, const Clock& clock) {
  auto parts = std::make_unique<Parts>(std::move(config));
  Result<Tcp::acceptor> inference = listen(parts->io, parts->config.listen);
  if (!inference) return fail(std::move(inference).error());
  Result<Tcp::acceptor> scrape = listen(parts->io, parts->config.metrics_listen);
  if (!scrape) return fail(std::move(scrape).error());
  parts->inference.emplace(*std::move(inference));
  parts->scrape.emplace(*std::move(scrape));
  parts->load_routes();
  parts->load_baseline(clock);
  parts->proxy.emplace(parts->io, parts->config, parts->metrics, parts->routes, parts->profiler.get(), clock);
  return std::unique_ptr<Agent>(new Agent(std::move(parts)));
}

void Agent::run() {
  Parts& parts = *parts_;
  std::optional<Syncer> syncer;
  syncer.emplace(parts.config, parts.metrics, parts.routes, [&parts](std::int64_t seconds) {
    if (parts.profiler) parts.profiler->set_bucket_seconds(seconds);
  });
  std::optional<Delivery> delivery;
  if (parts.store) delivery.emplace(parts.config, parts.baseline_digest, *parts.store, parts.metrics);
  asio::co_spawn(
      parts.io,
      accept(*parts.inference, [&parts](Tcp::socket socket) { return parts.proxy->serve(std::move(socket)); }),
      asio::detached);
  asio::co_spawn(parts.io,
                 accept(*parts.scrape,
                        [&parts](Tcp::socket socket) {
                          return serve_metrics(std::move(socket), parts.config, parts.metrics, parts.routes);
                        }),
                 asio::detached);
  asio::co_spawn(parts.io, parts.follow_routes(), asio::detached);
  parts.io.run();
  syncer.reset();  // It uses the profiler.
  parts.profiler.reset();
  if (delivery) delivery->flush(kLongestFlush);
}

void Agent::stop() {
  asio::post(parts_->io, [this] { asio::co_spawn(parts_->io, parts_->drain(), asio::detached); });
}

std::uint16_t Agent::port() const { return parts_->inference->local_endpoint().port(); }
std::uint16_t Agent::metrics_port() const { return parts_->scrape->local_endpoint().port(); }

}  // namespace gyre::agent
