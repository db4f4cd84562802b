#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/agent/beast.h"
#include "dataplane/agent/config.h"

namespace gyre::agent {

// A connection to a server, with what was read of it beyond the last answer.
struct Link {
  explicit Link(asio::io_context& io) : stream(io) {}
  Stream stream;
  beast::flat_buffer buffer;
  std::chrono::steady_clock::time_point idle_since;
  bool reused = false;
};

enum class Freshness { kAny, kNew };

// Keep-alive connections by address. Only the thread of its io_context.
class Pool {
 public:
  explicit Pool(asio::io_context& io) : io_(io) {}

  // Null when nobody takes the connection within `most`.
  Task<std::unique_ptr<Link>> acquire(Address address, Freshness freshness, Duration most);
  // For links whose last answer was read to its end, and allows another.
  void release(const Address& address, std::unique_ptr<Link> link);

 private:
  std::unique_ptr<Link> take_idle(const std::string& key);

  asio::io_context& io_;
  std::map<std::string, std::vector<std::unique_ptr<Link>>> idle_;
};

}  // namespace gyre::agent
