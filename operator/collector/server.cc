#include "operator/collector/server.h"

#include <fmt/format.h>
#include <httplib.h>

#include "dataplane/wire/bucket.h"
#include "operator/runtime/listening.h"
#include "operator/serve/thread_pool.h"
#include "operator/serve/watchdog.h"

namespace gyre::collector {
namespace {

constexpr std::size_t kLargestBody = 4 << 20;
constexpr std::size_t kMostConnections = 4096;
constexpr int kTimeoutSeconds = 10;
constexpr int kKeepAliveSeconds = 15;
constexpr int kCallsAConnection = 10000;
// A long poll, what is written after it, and the time until the next.
constexpr Duration kSlowestCall = AgentFleet::kLongestWait + std::chrono::seconds(40);

class Connections final : public httplib::TaskQueue {
 public:
  bool enqueue(std::function<void()> work) override {
    pool_.enqueue(std::move(work));
    return true;
  }
  void shutdown() override { pool_.shutdown(); }

 private:
  serve::ThreadPool pool_{kMostConnections};
};

using Handler = Answer (Endpoints::*)(const Call&);

httplib::Server::Handler serve(Endpoints& endpoints, Handler handler) {
  return [&endpoints, handler](const httplib::Request& request, httplib::Response& response) {
    Answer answer = (endpoints.*handler)({request.path, request.get_header_value("Authorization"), request.body});
    response.status = answer.status;
    if (!answer.location.empty()) response.set_header("Location", answer.location);
    if (answer.status == 503) response.set_header("Retry-After", "1");
    response.set_content(std::move(answer.body), "application/json");
  };
}

// Errors of HTTP itself, which no endpoint has seen.
std::string explain(int status) {
  switch (status) {
    case 404:
      return R"({"reason":"NotFound","message":"no such path; there are /v1/sync, /v1/buckets and /v1/baselines/<modelversion>"})";
    case 413:
      return R"({"reason":"TooLarge","message":"the body is too large; send less at once"})";
    default:
      return fmt::format(R"({{"reason":"HTTP{}","message":"the request could not be read"}})", status);
  }
}

}  // namespace

struct Server::Impl {
  explicit Impl(serve::CertificateSource certificate)
      : presented(std::move(certificate)), http([this](SSL_CTX& context) {
          presented.install(context);
          watchdog.install(context);
          return true;
        }) {}

  void set_up(Endpoints& endpoints) {
    http.new_task_queue = [] { return new Connections; };
    http.set_payload_max_length(kLargestBody);
    http.set_read_timeout(kTimeoutSeconds);
    http.set_write_timeout(kTimeoutSeconds);
    http.set_keep_alive_timeout(kKeepAliveSeconds);
    http.set_keep_alive_max_count(kCallsAConnection);
    http.set_tcp_nodelay(true);
    const std::string baseline = std::string(wire::kBaselinesPath) + "([a-z0-9][a-z0-9.-]{0,252})";
    http.Post(wire::kSyncPath, serve(endpoints, &Endpoints::sync));
    http.Post(wire::kBucketsPath, serve(endpoints, &Endpoints::buckets));
    http.Post(baseline, serve(endpoints, &Endpoints::put_baseline));
    http.Put(baseline, serve(endpoints, &Endpoints::put_baseline));
    http.Get(baseline, serve(endpoints, &Endpoints::get_baseline));
    http.set_logger([this](const httplib::Request& request, const httplib::Response&) { watchdog.done(request.ssl); });
    http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty()) response.set_content(explain(response.status), "application/json");
    });
    http.set_exception_handler([](const auto&, httplib::Response& response, std::exception_ptr) {
      response.status = 500;
      response.set_content(R"({"reason":"Bug","message":"the call failed; this is a bug of gyre-operator"})",
                           "application/json");
    });
  }

  serve::Presented presented;
  serve::Watchdog watchdog{kSlowestCall};
  httplib::SSLServer http;
  std::unique_ptr<runtime::Listening> listening;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

int Server::port() const { return impl_->listening->port(); }

Result<std::unique_ptr<Server>> Server::start(const std::string& address, int port, Endpoints& endpoints,
                                              serve::CertificateSource certificate) {
  auto impl = std::make_unique<Impl>(std::move(certificate));
  impl->set_up(endpoints);
  auto listening = runtime::Listening::start(impl->http, "collector", address, port);
  if (!listening) return fail(listening.error());
  impl->listening = *std::move(listening);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

}  // namespace gyre::collector
