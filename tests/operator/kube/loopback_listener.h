#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <optional>

namespace gyre::kube {

inline sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

// Whether there is something to read, or to accept, within so many milliseconds.
inline bool has_input(int fd, int milliseconds = 20) {
  pollfd readable{fd, POLLIN, 0};
  return poll(&readable, 1, milliseconds) > 0;
}

// Takes connections at a free port of this machine.
class LoopbackListener {
 public:
  LoopbackListener() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = loopback(0);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    listen(listener_, 64);
    socklen_t size = sizeof(address);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~LoopbackListener() { close(listener_); }
  LoopbackListener(const LoopbackListener&) = delete;
  LoopbackListener& operator=(const LoopbackListener&) = delete;

  int port() const { return port_; }
  // The next connection, if one comes soon.
  std::optional<int> next() const {
    return has_input(listener_) ? std::optional(accept(listener_, nullptr, nullptr)) : std::nullopt;
  }

 private:
  const int listener_;
  int port_ = 0;
};

}  // namespace gyre::kube
