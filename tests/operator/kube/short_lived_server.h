#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string_view>
#include <thread>

namespace gyre::kube {

// A server in the clear that answers {} once on each connection, and ends it when the next request has come, without a
// word.
class ShortLivedServer {
 public:
  ShortLivedServer() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    listen(listener_, 16);
    socklen_t size = sizeof(address);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](std::stop_token stop) {
      while (!stop.stop_requested())
        if (has_input(listener_)) serve(accept(listener_, nullptr, nullptr), stop);
    });
  }
  ~ShortLivedServer() {
    thread_ = {};
    close(listener_);
  }
  ShortLivedServer(const ShortLivedServer&) = delete;
  ShortLivedServer& operator=(const ShortLivedServer&) = delete;

  int port() const { return port_; }
  int requests() const { return requests_; }

 private:
  static bool has_input(int fd) {
    pollfd readable{fd, POLLIN, 0};
    return poll(&readable, 1, 20) > 0;
  }

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

  const int listener_;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  std::jthread thread_;
};

}  // namespace gyre::kube
