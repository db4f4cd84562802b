#pragma once

#include <memory>
#include <string>

#include "webhooks/admission.h"
#include "webhooks/certificates.h"

namespace gyre::webhooks {

struct ServerOptions {
  std::string address = "0.0.0.0";
  int port = 9443;  // 0 picks a free one.
};

// Answers admission reviews over TLS at /validate, on threads of its own, until it is destroyed.
class Server {
 public:
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Lookups lookups, const KeyPair& serving);
  ~Server();

  int port() const;
  // New connections get this certificate from now on. Callable from any thread.
  Result<void> use(const KeyPair& serving);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gyre::webhooks
