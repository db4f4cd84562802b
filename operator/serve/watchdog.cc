#include "operator/serve/watchdog.h"

#include <sys/socket.h>

#include <algorithm>

namespace gyre::serve {

Watchdog::Watchdog(Duration most) : most_(most), thread_([this](std::stop_token stop) { watch(stop); }) {}

Watchdog::~Watchdog() = default;

void Watchdog::install(SSL_CTX& context) {
  SSL_CTX_set_app_data(&context, this);
  SSL_CTX_set_info_callback(&context, begun);
}

void Watchdog::begun(const SSL* ssl, int where, int) {
  if ((where & SSL_CB_HANDSHAKE_START) == 0) return;
  // OpenSSL tells of the end by freeing what hangs on the connection, before its socket is closed: no number of a
  // socket is used that has gone to another connection meanwhile.
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, ended);
  if (SSL_get_ex_data(ssl, slot) != nullptr) return;  // TLS 1.3 begins again for its session tickets.
  auto* self = static_cast<Watchdog*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  SSL_set_ex_data(const_cast<SSL*>(ssl), slot, self);
  const std::lock_guard lock(self->mutex_);
  self->connections_[ssl] = {SSL_get_fd(ssl), std::chrono::steady_clock::now()};
}

void Watchdog::ended(void* ssl, void* self, CRYPTO_EX_DATA*, int, long, void*) {
  if (self == nullptr) return;  // A connection of somebody else.
  auto* watchdog = static_cast<Watchdog*>(self);
  const std::lock_guard lock(watchdog->mutex_);
  watchdog->connections_.erase(static_cast<const SSL*>(ssl));
}

void Watchdog::done(const SSL* ssl) {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(ssl);
  if (found == connections_.end()) return;
  found->second.since = std::chrono::steady_clock::now();
  if (found->second.is_last) shutdown(found->second.socket, SHUT_RD);
}

void Watchdog::last(const SSL* ssl) {
  const std::lock_guard lock(mutex_);
  if (const auto found = connections_.find(ssl); found != connections_.end()) found->second.is_last = true;
}

void Watchdog::watch(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_for(lock, stop, std::min(most_ / 4, Duration(1000)), [] { return false; });
    const Instant too_old = std::chrono::steady_clock::now() - most_;
    for (const auto& [ssl, connection] : connections_)
      if (connection.since < too_old) shutdown(connection.socket, SHUT_RDWR);
  }
}

}  // namespace gyre::serve
