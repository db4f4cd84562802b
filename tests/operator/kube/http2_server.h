#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/operator/kube/loopback_listener.h"

namespace gyre::kube {

// An HTTP/2 server over TLS, as plain as one can be: every request is answered with {}, unless told otherwise.
class Http2Server {
 public:
  enum class Answer {
    kAtOnce,
    kRefused,  // GOAWAY, which says that this request was not begun; the connection ends when the others are answered.
    kBroken,   // The connection ends without a word.
  };

  Http2Server(const std::string& cert_file, const std::string& key_file);
  ~Http2Server();
  Http2Server(const Http2Server&) = delete;
  Http2Server& operator=(const Http2Server&) = delete;

  int port() const { return listener_.port(); }
  // Then at once again.
  void answer_next(Answer how);

  int connections() const { return connections_; }
  // Requests that came in, whatever became of them.
  int requests() const { return requests_; }

 private:
  struct Connection;
  friend struct Connection;
  void accept_all(std::stop_token stop);
  Answer next_answer();

  void* tls_ = nullptr;
  const LoopbackListener listener_;
  std::atomic<int> connections_ = 0, requests_ = 0;
  std::mutex mutex_;
  std::vector<Answer> next_;           // GUARDED_BY(mutex_)
  std::vector<std::jthread> threads_;  // Only the accepting thread, and the destructor after it.
  std::jthread thread_;
};

}  // namespace gyre::kube
