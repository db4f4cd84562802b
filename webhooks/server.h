#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "operator/serve/presented.h"
#include "webhooks/admission.h"

namespace gyre::webhooks {

// One request that was answered, for metrics.
struct Answered {
  int status = 200;
  double seconds = 0;
  std::optional<Reviewed> reviewed;
  std::optional<std::string> bug;  // What a review ended in that was not foreseen; its status is 500.
};

struct ServerOptions {
  std::string address = "0.0.0.0";
  int port = 9443;  // 0 picks a free one.
  // Connections served at once; more wait for one to end.
  std::size_t most_connections = 128;
  // From one answer of a connection to the next, or from its start to the first: idle time, request and review.
  Duration slowest_request = std::chrono::seconds(45);
  // Both are called on the server's threads, the first when a request comes, the second when it has its answer.
  std::function<void()> on_request = [] {};
  std::function<void(const Answered&)> on_answer = [](const Answered&) {};
};

// Answers admission reviews over TLS at /validate, on threads of its own, until it is destroyed.
class Server {
 public:
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Lookups lookups,
                                               serve::CertificateSource certificate);
  ~Server();

  int port() const;
  // From now on each answer asks for the end of its connection, so that the next review goes elsewhere; returns after
  // so long. To be called before the end: a review that crosses the end of its connection is refused.
  void drain(Duration how_long);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gyre::webhooks
