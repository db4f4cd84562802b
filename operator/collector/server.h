#pragma once

#include <memory>
#include <string>

#include "operator/collector/endpoints.h"
#include "operator/serve/presented.h"

namespace gyre::collector {

// Serves the endpoints over TLS, on threads of its own, until it is destroyed. Waiting calls must be ended by then.
class Server {
 public:
  // `port` 0 picks a free one. kUnavailable when the port cannot be had.
  static Result<std::unique_ptr<Server>> start(const std::string& address, int port, Endpoints& endpoints,
                                               serve::CertificateSource certificate);
  ~Server();

  int port() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gyre::collector
