// The model server of the proxy benchmark: as small and quick as it can be, so that the proxies are what is measured.
// upstream_bench PORT: answers every request on 127.0.0.1:PORT alike, on one thread, until it is killed.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kBody =
    R"({"model_name":"digits","outputs":[{"name":"predict","shape":[1],"datatype":"INT64","data":[7]}]})";

std::string make_answer() {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(kBody.size()) +
         "\r\n\r\n" + std::string(kBody);
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "content-length:";
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    std::string_view line = head.substr(at + 2);
    if (line.size() < kName.size() || strncasecmp(line.data(), kName.data(), kName.size()) != 0) continue;
    line.remove_prefix(kName.size());
    while (line.starts_with(' ')) line.remove_prefix(1);
    std::size_t length = 0;
    std::from_chars(line.data(), line.data() + line.size(), length);
    return length;
  }
  return 0;
}

// Takes whole requests off the front of `received` and says how many there were.
std::size_t take_requests(std::string& received) {
  std::size_t requests = 0;
  while (true) {
    const std::size_t head = received.find("\r\n\r\n");
    if (head == std::string::npos) return requests;
    const std::size_t size = head + 4 + content_length(std::string_view(received).substr(0, head));
    if (received.size() < size) return requests;
    received.erase(0, size);
    ++requests;
  }
}

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 1024) != 0) {
    std::perror("upstream_bench: cannot listen");
    std::exit(1);
  }
  return listener;
}

void watch(int poll, int socket) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
}

// Whether the connection goes on.
bool serve(int socket, std::string& received, std::string_view answer) {
  std::array<char, 64 * 1024> chunk;
  const ssize_t count = read(socket, chunk.data(), chunk.size());
  if (count <= 0) return false;
  received.append(chunk.data(), static_cast<std::size_t>(count));
  for (std::size_t due = take_requests(received); due > 0; --due)
    if (write(socket, answer.data(), answer.size()) != static_cast<ssize_t>(answer.size())) return false;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: upstream_bench PORT\n", stderr);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const std::string answer = make_answer();
  const int listener = listen_on(static_cast<std::uint16_t>(std::atoi(argv[1])));
  const int poll = epoll_create1(0);
  watch(poll, listener);
  std::map<int, std::string> received;
  std::array<epoll_event, 256> events;
  while (true) {
    const int ready = epoll_wait(poll, events.data(), events.size(), -1);
    for (int i = 0; i < ready; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      if (socket == listener) {
        const int client = accept(listener, nullptr, nullptr);
        if (client < 0) continue;
        const int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(poll, client);
      } else if (!serve(socket, received[socket], answer)) {
        received.erase(socket);
        close(socket);
      }
    }
  }
}
