#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
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
  bool multiplex = true;
};

// One HTTP exchange as the I/O thread needs it. Everything it refers to outlives `IoLoop::run`.
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
  // Gets the body's pieces of an answer below 400, on the I/O thread, until it has had enough. Without it they are
  // collected in `answer`.
  enum class Wants { kMore, kNoMore };
  std::function<Wants(std::string_view)> on_data;

  // Filled while it runs.
  long status = 0;
  std::string answer;
  std::optional<double> retry_after_seconds;
};

// One thread around one curl_multi: its transfers share connections. Never pauses a transfer: libcurl 7.88 stalls.
class IoLoop {
 public:
  IoLoop();
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  // Blocks until the answer is complete, or `stop` is asked for (kCancelled). An HTTP error status is success here;
  // the error is about the transport.
  Result<void> run(Transfer& transfer, std::stop_token stop = {});
  // Ends with kCancelled those that are neither GET nor started later.
  void cancel_writes();

 private:
  struct Job;
  void loop(std::stop_token stop);
  void cancel(Job& job);
  void start_pending();
  void drop_cancelled();
  void collect_finished();
  void finish(Job& job, Result<void> result);

  void* multi_ = nullptr;
  std::mutex mutex_;
  std::vector<Job*> pending_;  // GUARDED_BY(mutex_)
  std::vector<Job*> jobs_;     // GUARDED_BY(mutex_) all that `run` waits for
  std::vector<Job*> active_;   // Only the I/O thread.
  bool stopped_ = false;       // GUARDED_BY(mutex_)
  std::jthread thread_;
};

}  // namespace gyre::kube
