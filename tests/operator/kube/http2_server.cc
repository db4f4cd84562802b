#include "tests/operator/kube/http2_server.h"

#include <fcntl.h>
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace gyre::kube {
namespace {

int choose_http2(SSL*, const unsigned char** out, unsigned char* length, const unsigned char*, unsigned, void*) {
  static constexpr unsigned char kH2[] = "h2";
  *out = kH2;
  *length = 2;
  return SSL_TLSEXT_ERR_OK;
}

ssize_t read_body(nghttp2_session*, int32_t, uint8_t* buffer, size_t, uint32_t* flags, nghttp2_data_source*, void*) {
  std::memcpy(buffer, "{}", 2);
  *flags = NGHTTP2_DATA_FLAG_EOF;
  return 2;
}

nghttp2_nv header(const char* name, const char* value) {
  return {reinterpret_cast<uint8_t*>(const_cast<char*>(name)), reinterpret_cast<uint8_t*>(const_cast<char*>(value)),
          std::strlen(name), std::strlen(value), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct Http2Server::Connection {
  Connection(Http2Server& owner, int fd) : server(owner), socket(fd), ssl(SSL_new(static_cast<SSL_CTX*>(owner.tls_))) {
    SSL_set_fd(ssl, socket);
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &on_frame);
    nghttp2_session_server_new(&session, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
  }
  ~Connection() {
    nghttp2_session_del(session);
    SSL_free(ssl);
    close(socket);
  }

  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const bool ends_request = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
                              (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA);
    if (ends_request) static_cast<Connection*>(user)->on_request(frame->hd.stream_id);
    return 0;
  }
  void on_request(int32_t stream) {
    ++server.requests_;
    switch (server.next_answer()) {
      case Answer::kAtOnce:
        return answer(stream);
      case Answer::kRefused:
        nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE, stream - 2 > 0 ? stream - 2 : 0, NGHTTP2_NO_ERROR, nullptr,
                              0);
        return;
      case Answer::kBroken:
        broken = true;
    }
  }

  void answer(int32_t stream) const {
    const nghttp2_nv headers[] = {header(":status", "200"), header("content-type", "application/json")};
    nghttp2_data_provider body{};
    body.read_callback = &read_body;
    nghttp2_submit_response(session, stream, headers, 2, &body);
  }

  void run(std::stop_token stop) {
    if (SSL_accept(ssl) != 1) return;
    ++server.connections_;
    fcntl(socket, F_SETFL, O_NONBLOCK);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
    while (!stop.stop_requested() && !broken && send_all() && receive()) continue;
  }

  bool send_all() const {
    const uint8_t* bytes = nullptr;
    for (ssize_t size = 0; (size = nghttp2_session_mem_send(session, &bytes)) > 0;)
      while (SSL_write(ssl, bytes, static_cast<int>(size)) <= 0) {
        pollfd writable{socket, POLLOUT, 0};
        if (poll(&writable, 1, 1000) <= 0) return false;
      }
    return nghttp2_session_want_read(session) != 0 || nghttp2_session_want_write(session) != 0;
  }

  bool receive() const {
    unsigned char bytes[16384];
    if (SSL_pending(ssl) == 0 && !has_input(socket, 10)) return true;
    const int size = SSL_read(ssl, bytes, sizeof(bytes));
    if (size <= 0) return SSL_get_error(ssl, size) == SSL_ERROR_WANT_READ;
    return nghttp2_session_mem_recv(session, bytes, static_cast<size_t>(size)) >= 0;
  }

  Http2Server& server;
  const int socket;
  SSL* ssl;
  nghttp2_session* session = nullptr;
  bool broken = false;
};

Http2Server::Http2Server(const std::string& cert_file, const std::string& key_file) {
  SSL_CTX* tls = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate_file(tls, cert_file.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(tls, key_file.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_set_alpn_select_cb(tls, &choose_http2, nullptr);
  SSL_CTX_set_mode(tls, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  tls_ = tls;
  thread_ = std::jthread([this](std::stop_token stop) { accept_all(stop); });
}

Http2Server::~Http2Server() {
  thread_ = {};
  threads_.clear();
  SSL_CTX_free(static_cast<SSL_CTX*>(tls_));
}

void Http2Server::accept_all(std::stop_token stop) {
  while (!stop.stop_requested())
    if (const auto fd = listener_.next())
      threads_.emplace_back([this, fd = *fd](std::stop_token ended) { Connection(*this, fd).run(ended); });
}

void Http2Server::answer_next(Answer how) {
  const std::lock_guard lock(mutex_);
  next_.push_back(how);
}

Http2Server::Answer Http2Server::next_answer() {
  const std::lock_guard lock(mutex_);
  if (next_.empty()) return Answer::kAtOnce;
  const Answer how = next_.front();
  next_.erase(next_.begin());
  return how;
}

}  // namespace gyre::kube
