#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "operator/serve/x509_handles.h"

namespace gyre::serve {

// A certificate, with those between it and its CA behind it, and its private key; PEM.
struct KeyPair {
  std::string certificate;
  std::string key;
  bool operator==(const KeyPair&) const = default;
};
// Asked in each handshake, from any thread: whatever it returns then is presented, so a rotation needs no restart.
using CertificateSource = std::function<Result<KeyPair>()>;

// How our servers speak TLS: 1.2 at least, with the certificate of the moment. Parsed again only when it has changed.
// Thread-safe.
class Presented {
 public:
  explicit Presented(CertificateSource source) : source_(std::move(source)) {}

  // Makes every handshake of the context ask us; `this` must outlive it.
  void install(SSL_CTX& context);

 private:
  static int present(SSL* ssl, void* self);
  Result<void> refresh();

  const CertificateSource source_;
  std::mutex mutex_;
  KeyPair pair_;                                 // GUARDED_BY(mutex_)
  std::vector<x509::Certificate> certificates_;  // GUARDED_BY(mutex_); ours first.
  x509::Key key_;                                // GUARDED_BY(mutex_)
};

}  // namespace gyre::serve
