#pragma once

#include <condition_variable>
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
  // Gets the body's pieces of an answer below 400 until it has had enough. Without it they are
  // collected in `answer`.
  enum class Wants { kMore, kNoMore };
  std::function<Wants(std::string_view)> on_data;
  // Called every second or more often while it runs.
  std::function<void()> on_tick;

  bool is_stream() const { return on_data != nullptr; }

  // Filled while it runs.
  long status = 0;
  std::string answer;
  std::optional<double> retry_after_seconds;
};

// Connections to one server, each lent to one caller at a time, whose own thread moves the bytes: no answer passes
// through another thread, no slow transfer holds up another, and a busy watch delays no write. The last one used is
// lent first, so that those of a rush that is over fall idle and are closed. Requests and streams never share one.
// Thread-safe.
class ConnectionPool {
 public:
  ConnectionPool();
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // Blocks until the answer is complete, or `stop` is asked for (kCancelled). An HTTP error status is success here;
  // the error is about the transport.
  Result<void> run(Transfer& transfer, std::stop_token stop = {});
  // Ends with kCancelled those that are neither GET nor started later.
  void cancel_writes();

 private:
  class Connection;
  using Connections = std::vector<std::unique_ptr<Connection>>;

  std::unique_ptr<Connection> borrow(Connections& idle);
  void give_back(Connections& idle, std::unique_ptr<Connection> connection);

  std::mutex mutex_;
  std::condition_variable ended_;
  Connections idle_;            // GUARDED_BY(mutex_) Those of requests.
  Connections idle_streams_;    // GUARDED_BY(mutex_)
  std::set<Connection*> busy_;  // GUARDED_BY(mutex_)
  bool stopped_ = false;        // GUARDED_BY(mutex_)
};

}  // namespace gyre::kube
