#include "dataplane/agent/pool.h"

#include <sys/socket.h>

#include <cerrno>

namespace gyre::agent {
namespace {

constexpr std::size_t kMostIdle = 64;
// Below the five seconds after which uvicorn and others close an idle connection.
constexpr auto kLongestIdle = std::chrono::seconds(4);

std::string key_of(const Address& address) { return address.host + ":" + std::to_string(address.port); }

// An idle connection has nothing to say: bytes or an end mean that the server gave it up.
bool is_open(Link& link) {
  char byte = 0;
  const auto got = ::recv(link.stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

std::unique_ptr<Link> Pool::take_idle(const std::string& key) {
  auto& links = idle_[key];
  while (!links.empty()) {
    std::unique_ptr<Link> link = std::move(links.back());
    links.pop_back();
    if (std::chrono::steady_clock::now() - link->idle_since < kLongestIdle && is_open(*link)) {
      link->reused = true;
      return link;
    }
  }
  return nullptr;
}

Task<std::unique_ptr<Link>> Pool::acquire(Address address, Freshness freshness, Duration most) {
  if (freshness == Freshness::kAny)
    if (std::unique_ptr<Link> idle = take_idle(key_of(address))) co_return idle;
  ErrorCode error;
  Tcp::resolver::results_type endpoints;
  const auto literal = asio::ip::make_address(address.host, error);
  if (!error) {
    endpoints = Tcp::resolver::results_type::create(Tcp::endpoint(literal, address.port), address.host, "");
  } else {
    Tcp::resolver resolver(io_);
    const std::string port = std::to_string(address.port);
    endpoints = co_await resolver.async_resolve(address.host, port, into(error));
    if (error) co_return nullptr;
  }
  auto link = std::make_unique<Link>(io_);
  link->stream.expires_after(most);
  co_await link->stream.async_connect(endpoints, into(error));
  if (error) co_return nullptr;
  link->stream.socket().set_option(Tcp::no_delay(true), error);
  co_return link;
}

void Pool::release(const Address& address, std::unique_ptr<Link> link) {
  auto& links = idle_[key_of(address)];
  if (links.size() >= kMostIdle) links.erase(links.begin());
  link->stream.expires_never();
  link->idle_since = std::chrono::steady_clock::now();
  links.push_back(std::move(link));
}

}  // namespace gyre::agent
