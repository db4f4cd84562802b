#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/operator/kube/loopback_listener.h"

namespace gyre::kube {

// A server in the clear that answers {} to every request, and to none before so many have come as it holds back: they
// all need a connection of their own. It ends no connection.
class HoldingServer {
 public:
  explicit HoldingServer(int held) : held_(held) {}

  int port() const { return listener_.port(); }
  // Connections that were ever taken, and those that the other side has not closed.
  int taken() const { return taken_; }
  int open() const { return open_; }

 private:
  void accept_all(std::stop_token stop) {
    while (!stop.stop_requested()) {
      const auto connection = listener_.next();
      if (!connection) continue;
      ++taken_;
      ++open_;
      threads_.emplace_back([this, socket = *connection](std::stop_token ended) { serve(socket, ended); });
    }
  }

  void serve(int connection, std::stop_token stop) {
    constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    char request[4096];
    while (!stop.stop_requested()) {
      if (!has_input(connection)) continue;
      if (recv(connection, request, sizeof(request), 0) <= 0) break;
      ++asked_;
      while (asked_ < held_ && !stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      send(connection, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
    }
    close(connection);
    --open_;
  }

  const int held_;
  const LoopbackListener listener_;
  std::atomic<int> asked_ = 0, taken_ = 0, open_ = 0;
  std::vector<std::jthread> threads_;  // Only the accepting thread, and the destructor after it.
  std::jthread thread_{[this](std::stop_token stop) { accept_all(stop); }};
};

}  // namespace gyre::kube
