#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/operator/kube/loopback_listener.h"

namespace gyre::kube {

// An HTTP proxy that knows CONNECT only, and takes every tunnel to one port of this machine whatever it was asked for,
// so that names need not exist.
class ConnectProxy {
 public:
  explicit ConnectProxy(int to_port) : to_port_(to_port) {
    thread_ = std::jthread([this](std::stop_token stop) { accept_all(stop); });
  }
  ~ConnectProxy() {
    thread_ = {};
    tunnels_.clear();
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(listener_.port()); }
  std::vector<std::string> asked_for() const {
    const std::lock_guard lock(mutex_);
    return asked_for_;
  }

 private:
  void accept_all(std::stop_token stop) {
    while (!stop.stop_requested())
      if (const auto client = listener_.next())
        tunnels_.emplace_back([this, client = *client](std::stop_token ended) { tunnel(client, ended); });
  }

  void tunnel(int client, std::stop_token stop) {
    std::string head;
    char byte = 0;
    while (!head.ends_with("\r\n\r\n") && recv(client, &byte, 1, 0) == 1) head += byte;
    const std::size_t space = head.find(' ');
    {
      const std::lock_guard lock(mutex_);
      asked_for_.push_back(head.substr(0, head.find(' ', space + 1)));
    }
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(to_port_);
    if (head.starts_with("CONNECT ") &&
        connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
      const std::string ok = "HTTP/1.1 200 Connection established\r\n\r\n";
      send(client, ok.data(), ok.size(), MSG_NOSIGNAL);
      while (!stop.stop_requested() && relay(client, server)) continue;
    }
    close(server);
    close(client);
  }

  // Whether both sides are still there.
  static bool relay(int a, int b) {
    pollfd polled[] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
    poll(polled, 2, 50);
    char bytes[16384];
    for (int i = 0; i < 2; ++i) {
      if (polled[i].revents == 0) continue;
      const ssize_t size = recv(polled[i].fd, bytes, sizeof(bytes), 0);
      if (size <= 0) return false;
      send(polled[1 - i].fd, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    }
    return true;
  }

  const int to_port_;
  const LoopbackListener listener_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_for_;  // GUARDED_BY(mutex_)
  std::vector<std::jthread> tunnels_;   // Only the accepting thread, and the destructor after it.
  std::jthread thread_;
};

}  // namespace gyre::kube
