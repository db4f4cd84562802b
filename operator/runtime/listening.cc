#include "operator/runtime/listening.h"

#include <fmt/format.h>
#include <httplib.h>

namespace gyre::runtime {

Result<std::unique_ptr<Listening>> Listening::start(httplib::Server& server, std::string_view who,
                                                    const std::string& address, int port) {
  // httplib's default, SO_REUSEPORT, would share a port that is taken instead of failing.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  const int bound = port == 0 ? server.bind_to_any_port(address) : server.bind_to_port(address, port) ? port : -1;
  if (bound > 0) return std::unique_ptr<Listening>(new Listening(server, bound));
  return fail(
      Code::kUnavailable, "PortTaken",
      fmt::format("{}: cannot listen on {}:{}; free the port, or choose another port or address", who, address, port));
}

Listening::Listening(httplib::Server& server, int port)
    : server_(server), port_(port), thread_([&server] { server.listen_after_bind(); }) {
  // httplib forgets a stop that comes before, and the thread would never end.
  server_.wait_until_ready();
}

Listening::~Listening() { server_.stop(); }

}  // namespace gyre::runtime
