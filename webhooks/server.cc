#include "webhooks/server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <expected>

#include "operator/base/caught.h"
#include "operator/base/wait.h"
#include "operator/runtime/listening.h"
#include "operator/serve/thread_pool.h"
#include "operator/serve/watchdog.h"

namespace gyre::webhooks {
namespace {

constexpr std::size_t kLargestBody = 3 << 20;  // What the API server itself takes.
constexpr int kTimeoutSeconds = 10;
constexpr int kKeepAliveSeconds = 20;
constexpr int kReviewsAConnection = 10000;

// An idle connection of the API server's pool keeps its thread: others must not wait behind it.
class Connections final : public httplib::TaskQueue {
 public:
  explicit Connections(std::size_t most) : pool_(most) {}
  bool enqueue(std::function<void()> work) override {
    pool_.enqueue(std::move(work));
    return true;
  }
  void shutdown() override { pool_.shutdown(); }

 private:
  serve::ThreadPool pool_;
};

std::string explain(int status) {
  switch (status) {
    case 404:
      return "no such path; AdmissionReviews are posted to /validate";
    case 413:
      return "the body is larger than 3 MiB";
    default:
      return fmt::format("the request could not be read (HTTP {})", status);
  }
}

void refuse(httplib::Response& response, int status, const std::string& message) {
  response.status = status;
  response.set_content(message, "text/plain");
}

// The body, or the status to refuse it with. The cap counts what comes, whatever a client says of it: a chunked body
// carries no length.
std::expected<std::string, int> read_body(const httplib::ContentReader& read, const httplib::Response& response) {
  std::string body;
  bool is_too_large = false;
  const bool whole = read([&](const char* bytes, std::size_t size) {
    is_too_large = body.size() + size > kLargestBody;
    if (!is_too_large) body.append(bytes, size);
    return !is_too_large;
  });
  if (whole) return body;
  // The library has looked at the length that it was told.
  return std::unexpected(is_too_large || response.status == 413 ? 413 : 400);
}

}  // namespace

struct Server::Impl {
  Impl(const ServerOptions& options, Lookups given, serve::CertificateSource certificate)
      : on_request(options.on_request),
        on_answer(options.on_answer),
        lookups(std::move(given)),
        presented(std::move(certificate)),
        watchdog(options.slowest_request),
        http([this](SSL_CTX& context) {
          presented.install(context);
          watchdog.install(context);
          return true;
        }) {
    set_up(options.most_connections);
  }

  void set_up(std::size_t most_connections) {
    http.new_task_queue = [most_connections] { return new Connections(most_connections); };
    http.set_payload_max_length(kLargestBody);
    http.set_read_timeout(kTimeoutSeconds);
    http.set_write_timeout(kTimeoutSeconds);
    http.set_keep_alive_timeout(kKeepAliveSeconds);
    http.set_keep_alive_max_count(kReviewsAConnection);
    http.set_tcp_nodelay(true);
    http.Post("/validate", [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& read) { measure(request, response, read); });
    http.set_logger([this](const httplib::Request& request, const httplib::Response&) { watchdog.done(request.ssl); });
    http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.body.empty()) refuse(response, response.status, explain(response.status));
    });
    http.set_exception_handler([](const auto&, httplib::Response& response, std::exception_ptr) {
      refuse(response, 500, "the request met a bug of gyre-operator");
    });
  }

  void measure(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader& read) {
    on_request();
    const auto started = std::chrono::steady_clock::now();
    Answered answered;
    const auto reviewed = caught([&] { return validate(request, response, read); });
    if (reviewed) {
      answered.reviewed = *reviewed;
    } else {
      answered.bug = reviewed.error().message;
      refuse(response, 500, "the review met a bug of gyre-operator; its log says which");
    }
    answered.status = response.status;
    answered.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    if (is_ending) response.set_header("Connection", "close");
    on_answer(answered);
  }

  // An error is a bug of ours: everything else has its answer.
  Result<std::optional<Reviewed>> validate(const httplib::Request& request, httplib::Response& response,
                                           const httplib::ContentReader& read) {
    if (request.is_multipart_form_data()) {
      watchdog.last(request.ssl);
      refuse(response, 415, "an AdmissionReview is sent as application/json");
      return std::nullopt;
    }
    const std::expected<std::string, int> body = read_body(read, response);
    if (!body) {
      watchdog.last(request.ssl);  // The rest of the body is no further request.
      refuse(response, body.error(), explain(body.error()));
      return std::nullopt;
    }
    const HttpAnswer out = answer(*body, lookups);
    response.status = out.status;
    response.set_content(out.body, out.status == 200 ? "application/json" : "text/plain");
    return out.reviewed;
  }

  const std::function<void()> on_request;
  const std::function<void(const Answered&)> on_answer;
  std::atomic<bool> is_ending = false;
  Lookups lookups;
  serve::Presented presented;
  serve::Watchdog watchdog;
  httplib::SSLServer http;
  std::unique_ptr<runtime::Listening> listening;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

int Server::port() const { return impl_->listening->port(); }

void Server::drain(Duration how_long) {
  impl_->is_ending = true;
  wait({}, how_long);
}

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Lookups lookups,
                                              serve::CertificateSource certificate) {
  auto impl = std::make_unique<Impl>(options, std::move(lookups), std::move(certificate));
  auto listening = runtime::Listening::start(impl->http, "webhooks", options.address, options.port);
  if (!listening) return fail(listening.error());
  impl->listening = *std::move(listening);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

}  // namespace gyre::webhooks
