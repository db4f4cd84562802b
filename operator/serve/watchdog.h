#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "operator/base/clock.h"

namespace gyre::serve {

// Cuts TLS connections on which no request gets done in time. Timeouts of single reads do not see clients that send a
// byte now and then, and each of those would hold a thread for ever. Thread-safe.
class Watchdog {
 public:
  explicit Watchdog(Duration most);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Every connection of the context is watched from its handshake on; `this` must outlive them. Takes the context's
  // app data and info callback.
  void install(SSL_CTX& context);
  // A request of this connection is answered: its time starts anew.
  void done(const SSL* ssl);
  // What is being answered is the last: whatever the client sends behind it is no further request.
  void last(const SSL* ssl);

 private:
  using Instant = std::chrono::steady_clock::time_point;
  struct Connection {
    int socket = -1;
    Instant since;
    bool is_last = false;
  };

  static void begun(const SSL* ssl, int where, int);
  static void ended(void* ssl, void* self, CRYPTO_EX_DATA*, int, long, void*);
  void watch(std::stop_token stop);

  const Duration most_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<const SSL*, Connection> connections_;  // GUARDED_BY(mutex_)
  std::jthread thread_;
};

}  // namespace gyre::serve
