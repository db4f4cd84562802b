#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string_view>
#include <thread>

#include "tests/operator/kube/loopback_listener.h"

namespace gyre::kube {

// A server in the clear that answers {} once on each connection, and ends it when the next request has come, without a
// word.
class ShortLivedServer {
 public:
  int port() const { return listener_.port(); }
  int requests() const { return requests_; }

 private:
  void serve(int connection, std::stop_token stop) {
    constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    char request[4096];
    for (bool answered = false; !stop.stop_requested();) {
      if (!has_input(connection)) continue;
      if (recv(connection, request, sizeof(request), 0) <= 0) break;
      ++requests_;
      if (answered) break;
      send(connection, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      answered = true;
    }
    close(connection);
  }

  const LoopbackListener listener_;
  std::atomic<int> requests_ = 0;
  std::jthread thread_{[this](std::stop_token stop) {
    while (!stop.stop_requested())
      if (const auto connection = listener_.next()) serve(*connection, stop);
  }};
};

}  // namespace gyre::kube
