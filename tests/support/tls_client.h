#pragma once

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>

namespace gyre::support {

// A TLS client on loopback that says exactly what a test wants said. It checks nothing of the server.
class TlsClient {
 public:
  struct Options {
    int newest = TLS1_3_VERSION;
    const char* ciphers = "ALL:@SECLEVEL=0";  // Of TLS 1.2 and older.
  };

  explicit TlsClient(int port, const Options& options) : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX_set_max_proto_version(context_.get(), options.newest);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_cipher_list(context_.get(), options.ciphers);
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
    ssl_ = {SSL_new(context_.get()), SSL_free};
    SSL_set_fd(ssl_.get(), socket_);
  }
  explicit TlsClient(int port) : TlsClient(port, Options()) {}
  ~TlsClient() { ::close(socket_); }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool handshake() { return SSL_connect(ssl_.get()) == 1; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  bool send(const std::string& bytes) {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  // Past TLS, as somebody does who never comes to a handshake.
  bool send_plain(const std::string& bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0;
  }
  // What the server says until it has said `end`, or has ended the connection.
  std::string receive(const std::string& end) {
    std::string out;
    char bytes[4096];
    for (int size = 1; size > 0 && out.find(end) == std::string::npos;) {
      size = SSL_read(ssl_.get(), bytes, sizeof bytes);
      if (size > 0) out.append(bytes, static_cast<std::size_t>(size));
    }
    return out;
  }
  // Whether the server ends the connection within that time.
  bool is_cut_within(int milliseconds) const {
    pollfd waiting{socket_, POLLRDHUP, 0};
    return ::poll(&waiting, 1, milliseconds) == 1;
  }

 private:
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, SSL_free};
  int socket_ = -1;
};

}  // namespace gyre::support
