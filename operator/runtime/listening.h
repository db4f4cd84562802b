#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "operator/base/result.h"

namespace httplib {
class Server;
}

namespace gyre::runtime {

// A server that is served by threads of its own until this ends, which waits for requests in progress.
class Listening {
 public:
  // Returns once it serves. `port` 0 picks a free one. The server is set up by now, but for its socket options, which
  // are set here; it outlives this. kUnavailable when the port cannot be had; the message begins with `who`.
  static Result<std::unique_ptr<Listening>> start(httplib::Server& server, std::string_view who,
                                                  const std::string& address, int port);
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  int port() const { return port_; }

 private:
  Listening(httplib::Server& server, int port);

  httplib::Server& server_;
  const int port_;
  std::jthread thread_;
};

}  // namespace gyre::runtime
