#include "webhooks/server.h"

#include <fmt/format.h>
#include <httplib.h>

#include <mutex>
#include <thread>

#include "webhooks/x509_handles.h"

namespace gyre::webhooks {
namespace {

constexpr std::size_t kLargestBody = 3 << 20;  // What the API server itself takes.
constexpr int kThreads = 8;
constexpr int kTimeoutSeconds = 10;

// The certificate that handshakes present; the holder of the mutex may exchange it.
class Presented {
 public:
  Result<void> set(const KeyPair& serving) {
    Result<x509::Certificate> certificate = x509::parse_certificate(serving.certificate);
    if (!certificate) return fail(std::move(certificate).error());
    Result<x509::Key> key = x509::parse_key(serving.key);
    if (!key) return fail(std::move(key).error());
    const std::lock_guard lock(mutex_);
    certificate_ = std::move(*certificate);
    key_ = std::move(*key);
    return {};
  }

  // Called by OpenSSL in each handshake: nothing of the shared context changes when certificates do.
  static int present(SSL* ssl, void* self) {
    auto* presented = static_cast<Presented*>(self);
    const std::lock_guard lock(presented->mutex_);
    return SSL_use_certificate(ssl, presented->certificate_.get()) == 1 &&
           SSL_use_PrivateKey(ssl, presented->key_.get()) == 1;
  }

 private:
  std::mutex mutex_;
  x509::Certificate certificate_;  // GUARDED_BY(mutex_)
  x509::Key key_;                  // GUARDED_BY(mutex_)
};

}  // namespace

struct Server::Impl {
  explicit Impl(Lookups given)
      : lookups(std::move(given)), http([this](SSL_CTX& context) {
          SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
          SSL_CTX_set_cert_cb(&context, Presented::present, &presented);
          return true;
        }) {}

  void set_up() {
    http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    http.set_payload_max_length(kLargestBody);
    http.set_read_timeout(kTimeoutSeconds);
    http.set_write_timeout(kTimeoutSeconds);
    http.set_tcp_nodelay(true);
    // Not the library's SO_REUSEPORT, by which two processes would silently share the port.
    http.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    http.Post("/validate", [this](const httplib::Request& request, httplib::Response& response) {
      const HttpAnswer out = answer(request.body, lookups);
      response.status = out.status;
      response.set_content(out.body, out.status == 200 ? "application/json" : "text/plain");
    });
    http.set_exception_handler([](const auto&, httplib::Response& response, std::exception_ptr) {
      response.status = 500;
      response.set_content("the review failed; this is a bug of gyre-operator", "text/plain");
    });
  }

  Lookups lookups;
  Presented presented;
  httplib::SSLServer http;
  int port = 0;
  std::jthread thread;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { impl_->http.stop(); }

int Server::port() const { return impl_->port; }

Result<void> Server::use(const KeyPair& serving) { return impl_->presented.set(serving); }

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Lookups lookups, const KeyPair& serving) {
  auto impl = std::make_unique<Impl>(std::move(lookups));
  if (auto ok = impl->presented.set(serving); !ok) return fail(std::move(ok).error());
  impl->set_up();
  if (options.port == 0)
    impl->port = std::max(0, impl->http.bind_to_any_port(options.address));
  else if (impl->http.bind_to_port(options.address, options.port))
    impl->port = options.port;
  if (impl->port == 0)
    return fail(Code::kUnavailable, "PortTaken",
                fmt::format("webhooks: {}:{} cannot be listened on; free the port or choose another", options.address,
                            options.port));
  impl->thread = std::jthread([http = &impl->http] { http->listen_after_bind(); });
  while (!impl->http.is_running()) std::this_thread::yield();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

}  // namespace gyre::webhooks
