#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "operator/base/clock.h"
#include "operator/base/result.h"
#include "operator/kube/credentials.h"

namespace gyre::kube {

// The way to one server, the same for all its transfers.
struct Route {
  std::string base_url;    // What request targets follow.
  std::string connect_to;  // "host:port" to go to instead of the URL's; empty: the URL's.
  std::string host;        // The Host header, when it is not the URL's.
  std::string proxy;       // Empty: none.
  bool verify = true;
};

// One HTTP exchange. Everything it refers to outlives `ConnectionPool::run`.
struct Transfer {
  explicit Transfer(const Route& r) : route(r) {}

  const Route& route;
  IdentityPtr identity;
  std::string url;
  std::string method;
  std::string_view body;
  std::vector<std::string> headers;
  Duration timeout{};
  std::size_t longest_answer = std::size_t{64} << 20;
  // Gets the body's pieces of an answer below 300 until it has had enough. Without it they are
  // collected in `answer`.
  enum class Wants { kMore, kNoMore };
  std::function<Wants(std::string_view)> on_data;
  // Called every second or more often while it runs.
  std::function<void()> on_tick;

  bool is_stream() const { return on_data != nullptr; }

  // Filled while it runs.
  long status = 0;
  std::string content_type;
  std::string answer;
  std::optional<double> retry_after_seconds;
};

// Connections to one server, each lent to one caller at a time, whose own thread moves the bytes: no answer passes
// through another thread, no slow transfer holds up another, and a busy watch delays no write. The last one used is
// lent first, so that those of a rush that is over fall idle: they are closed after a minute, when the next one is
// given back, and at once where they are more than kMostIdle. Requests and streams never share one. Thread-safe.
class ConnectionPool {
 public:
  // Kept idle at most; of requests and of streams each.
  static constexpr std::size_t kMostIdle = 128;

  ConnectionPool();
  // The clock must outlive it.
  explicit ConnectionPool(const Clock& clock);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // Blocks until the answer is complete, or `stop` is asked for (kCancelled). An HTTP error status is success here;
  // the error is about the transport.
  Result<void> run(Transfer& transfer, std::stop_token stop = {});

 private:
  class Connection;
  struct Idle {
    std::unique_ptr<Connection> connection;
    Time since;
  };
  using Connections = std::deque<Idle>;  // The one used last is at the back.

  std::unique_ptr<Connection> borrow(Connections& idle);
  void give_back(Connections& idle, std::unique_ptr<Connection> connection);
  // With the lock held. To be closed without it, as that takes a while.
  std::vector<std::unique_ptr<Connection>> take_spare(Time now);

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable ended_;
  Connections idle_;            // GUARDED_BY(mutex_) Those of requests.
  Connections idle_streams_;    // GUARDED_BY(mutex_)
  std::set<Connection*> busy_;  // GUARDED_BY(mutex_)
  bool stopped_ = false;        // GUARDED_BY(mutex_)
};

}  // namespace gyre::kube
